import { Link, Tcp } from '../../model/codes.ts'
import { forgeTcp } from '../../wire/forge.ts'
import { readdress } from '../../wire/readdress.ts'
import { type Device, passing } from './fake-port.test.ts'

/** A device that lets markers through and does to segments what `what` says. */
export function with_(what: Device): Device {
  return (arm, frame) => (isTcp(frame) ? what(arm, frame) : passing(arm, frame))
}
/** Whether a datagram is a TCP segment. */
export const isTcp = (frame: Uint8Array) => ((frame[0] ?? 0) >> 4 === 6 ? frame[6] : frame[9]) === 6
/** TCP's flags of an IPv4 datagram without options. */
export const flagsOf = (frame: Uint8Array) => frame[33] ?? 0

/** A reset to the sender of an IPv4 datagram, with the number that it acknowledges. */
export function resetTo(frame: Uint8Array, seq?: number, ack?: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset)
  const flags = ack === undefined ? Tcp.rst : Tcp.rst | Tcp.ack
  return turned(frame, { flags, seq: seq ?? view.getUint32(28), ack: ack ?? 0 })
}

/** A SYN-ACK in the name of the other end. */
export function answerTo(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset)
  return turned(frame, { flags: Tcp.syn | Tcp.ack, seq: 77, ack: view.getUint32(24) + 1 })
}

function turned(frame: Uint8Array, numbers: { flags: number; seq: number; ack: number }): Uint8Array {
  const made = forgeTcp({ bytes: frame, link: Link.raw }, { ...numbers, payload: 0, window: 0 })
  const source = { address: frame.slice(16, 20), port: ((frame[22] ?? 0) << 8) | (frame[23] ?? 0) }
  const destination = { address: frame.slice(12, 16), port: ((frame[20] ?? 0) << 8) | (frame[21] ?? 0) }
  readdress(made, Link.raw, { source, destination })
  return made
}
