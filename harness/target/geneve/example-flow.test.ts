import { Tcp } from '../../model/codes.ts'
import { DATA, HANDSHAKE, segment } from '../../observe/live/live-bench.test.ts'
import { ECHO, ExampleAppliance, innerOf } from './example-appliance.test.ts'

/** A handshake, and data of the client. */
export const ALL = { steps: [...HANDSHAKE, DATA] }
export const FORWARD = ['forward', 'forward', 'forward', 'forward']
/** By its length: the one with a payload. */
export const isData = (payload: Uint8Array) => innerOf(payload).length > 65
/** As calibration sends them, of no connection. */
export const isReset = (payload: Uint8Array) => ((innerOf(payload)[33] ?? 0) & Tcp.rst) !== 0
/** Where the marks of our own header are. */
export const At = { endpoint: 12, attachment: 24, cookie: 36 } as const

/** What an appliance does to the packet with data; all others it returns. */
export function onData(what: (payload: Buffer, appliance: ExampleAppliance) => ReturnType<typeof ECHO>) {
  return ExampleAppliance.open((payload, appliance) =>
    isData(payload) ? what(Buffer.from(payload), appliance) : ECHO(payload, appliance),
  )
}

/** A SYN of another connection: by another port. */
export function otherFlow() {
  const frame = segment({ from: 'client', flags: Tcp.syn, seq: 1 })
  frame[14 + 21] = 7
  return { frame }
}
