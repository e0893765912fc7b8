import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { HEADER_BYTES, putHeader } from '../harness/target/geneve/header.ts'
import { loadRecorded } from '../harness/timeline/recorded.ts'
import { isIpv6 } from '../harness/wire/ip.ts'
import { median } from './measure.ts'

/** What a node process does that does nothing else: the bare echo. */
const ECHO = `
const socket = require('node:dgram').createSocket({ type: 'udp4', recvBufferSize: 8 << 20 })
socket.on('message', (message, { port, address }) => socket.send(message, port, address))
socket.bind(0, '127.0.0.1', () => console.log('listening on 127.0.0.1:' + socket.address().port))
`
const ROUNDS = 5
/** Datagrams on their way at one time. */
const WINDOW = 64

/** Round trips a second through the appliance and through a bare echo, and the ratio of each pair. */
export interface GeneveFigures {
  readonly packets: number
  readonly bytes: number
  readonly appliance: Side
  readonly echo: Side
  readonly ratio: number
}

interface Side {
  readonly perSecond: number
  /** Processor time of the server, microseconds a datagram. */
  readonly cpu: number
}

/** The packets of a capture, in order, by an appliance and by an echo in turn. */
export async function measureGeneve(
  flowbreak: string,
  capture: string,
  packets: number,
): Promise<GeneveFigures> {
  const payloads = await payloadsOf(capture, packets)
  const rounds: { readonly appliance: Side; readonly echo: Side }[] = []
  // The first of them warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    const appliance = await measured(
      [flowbreak, 'appliance', '--listen', '0', '--profile', 'suricata-7'],
      payloads,
    )
    const echo = await measured(['-e', ECHO], payloads)
    if (round > 0) rounds.push({ appliance, echo })
  }
  const middle = (which: 'appliance' | 'echo'): Side => ({
    perSecond: median(rounds.map((round) => round[which].perSecond)),
    cpu: median(rounds.map((round) => round[which].cpu)),
  })
  return {
    packets: payloads.length,
    bytes: Math.round(payloads.reduce((sum, { length }) => sum + length, 0) / payloads.length),
    appliance: middle('appliance'),
    echo: middle('echo'),
    ratio: median(rounds.map(({ appliance, echo }) => appliance.perSecond / echo.perSecond)),
  }
}

async function payloadsOf(capture: string, packets: number): Promise<readonly Uint8Array[]> {
  const { batch } = await loadRecorded(capture)
  return Array.from({ length: Math.min(packets, batch.count) }, (_, i) => {
    const inner = batch.copyFrame(i).subarray((batch.l3[i] ?? 0) - (batch.start[i] ?? 0))
    const payload = new Uint8Array(HEADER_BYTES + inner.length)
    putHeader(payload, 0, isIpv6(inner, 0), batch.flow[i] ?? 0)
    payload.set(inner, HEADER_BYTES)
    return payload
  })
}

async function measured(args: readonly string[], payloads: readonly Uint8Array[]): Promise<Side> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    const port = Number(/:(\d+)$/.exec(String(line))?.[1])
    const socket = createSocket({ type: 'udp4', recvBufferSize: 8 << 20 })
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    socket.connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const before = cpuOf(child)
    const began = performance.now()
    await roundTrips(socket, payloads)
    const seconds = (performance.now() - began) / 1000
    const cpu = ((cpuOf(child) - before) * 1e6) / payloads.length
    socket.close()
    return { perSecond: payloads.length / seconds, cpu }
  } finally {
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }
}

/** Sends all, so many at a time, until all have come back. Rejects where one does not. */
function roundTrips(socket: Socket, payloads: readonly Uint8Array[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0
    let back = 0
    let seen = -1
    const watch = setInterval(() => {
      if (back === seen) {
        clearInterval(watch)
        reject(new Error(`${sent - back} of ${sent} datagrams did not come back`))
      }
      seen = back
    }, 5000)
    const send = () => {
      const payload = payloads[sent]
      if (payload === undefined) return
      sent++
      socket.send(payload)
    }
    socket.on('message', () => {
      back++
      if (back === payloads.length) {
        clearInterval(watch)
        resolve()
      } else send()
    })
    for (let i = 0; i < WINDOW; i++) send()
  })
}

/** Seconds of processor time that a process has had (proc(5), stat: fields 14 and 15, in hundredths). */
function cpuOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}
