import { PacketBatch } from '../../model/batch.ts'
import { Link, nameOf, Tcp, Tunnels, Verdict } from '../../model/codes.ts'
import type { ObservationBatch, Sighting } from '../../model/target.ts'
import type { TimedEvent, TimelineChunk } from '../../model/timeline.ts'
import { decodeBatch } from '../../wire/decode.ts'
import { forgeTcp } from '../../wire/forge.ts'
import { controlFrame } from '../control-frames.ts'
import type { HostActions } from './actions.ts'
import { drawControlEnds } from './control-ends.ts'
import { type Device, FakePort } from './fake-port.test.ts'
import { LiveSession } from './session.ts'

export interface Step {
  readonly from: 'client' | 'server'
  readonly flags?: number
  readonly seq?: number
  readonly ack?: number
  readonly payload?: number
  readonly host?: number
  /** Milliseconds. */
  readonly time?: number
  /** Instead of a segment: this whole Ethernet frame. */
  readonly frame?: Uint8Array
  /** Bytes of the frame that were not captured. */
  readonly missing?: number
  readonly flow?: number
  readonly family?: 'ipv4' | 'ipv6'
}

/** Of one connection over IPv4. */
export const HANDSHAKE: readonly Step[] = [
  { from: 'client', flags: Tcp.syn, seq: 100 },
  { from: 'server', flags: Tcp.syn | Tcp.ack, seq: 500, ack: 101 },
  { from: 'client', seq: 101, ack: 501 },
]
/** Data of the client that comes next. */
export const DATA: Step = { from: 'client', flags: Tcp.ack | Tcp.psh, seq: 101, ack: 501, payload: 40 }

/** Where controls of tests are, and nothing else. */
export const RANGES = {
  clients: '198.18.0.0/16',
  servers: '198.19.0.0/16',
  clients6: '2001:2:0:c::/64',
  servers6: '2001:2:0:5::/64',
} as const

/** A segment as an Ethernet frame. */
export function segment(step: Step): Uint8Array {
  const { frame, link } = controlFrame(step.family ?? 'ipv4', step.from === 'client' ? 0 : 1, 'denied')
  const { flags = Tcp.ack, seq = 0, ack = 0, payload = 0 } = step
  return forgeTcp({ bytes: frame, link }, { flags, seq, ack, payload, window: 1000 })
}

/** A chunk of a timeline with these packets, read with `tunnels`; `events` before the first. */
export function chunkOf(
  steps: readonly Step[],
  events: readonly TimedEvent['event'][] = [],
  tunnels: number = Tunnels.outer,
): TimelineChunk {
  const batch = new PacketBatch(Math.max(1, steps.length), 65_536)
  batch.tunnels = tunnels
  let used = 0
  for (const [n, step] of steps.entries()) {
    const frame = step.frame ?? segment(step)
    if (used + frame.length > batch.bytes.length) batch.growBytes(used * 2, used)
    batch.bytes.set(frame, used)
    batch.number[n] = n + 1
    batch.step[n] = n
    batch.start[n] = used
    batch.captured[n] = frame.length
    batch.original[n] = frame.length + (step.missing ?? 0)
    batch.link[n] = Link.ethernet
    batch.time[n] = (step.time ?? 0) * 1e6
    batch.direction[n] = step.from === 'client' ? 0 : 1
    batch.flow[n] = step.flow ?? 0
    batch.host[n] = step.host ?? 0
    used += frame.length
  }
  batch.count = steps.length
  decodeBatch(batch)
  return { packets: batch, events: events.map((event) => ({ before: 0, at: 0, event })) }
}

export const IDLE: HostActions = {
  apply: async () => false,
  isUp: () => true,
  reset: async () => undefined,
  counters: async () => [],
}

export interface Seen {
  readonly verdicts: string[]
  readonly sightings: Sighting[]
  readonly batches: ObservationBatch[]
}

/** Plays chunks through a device, over a port that is closed afterwards. */
export async function playThrough(
  device: Device,
  chunks: readonly TimelineChunk[],
  options: {
    readonly hosts?: number
    readonly actions?: HostActions
    readonly port?: FakePort
    readonly scale?: number
    readonly translates?: boolean
    /** Milliseconds, as the next: after which a packet that is missing was dropped. */
    readonly lateness?: number
    /** After which a road is dead. */
    readonly patience?: number
    /** Runs before each chunk but the first. */
    readonly between?: () => Promise<void>
    /** Runs after the last. */
    readonly afterwards?: () => void
  } = {},
): Promise<Seen & { readonly port: FakePort; readonly patience: number }> {
  const port = options.port ?? new FakePort(device)
  await using session = new LiveSession({
    port,
    hosts: Array.from({ length: options.hosts ?? 1 }, (_, n) => `fw-${n}`),
    clockScale: options.scale ?? 1,
    actions: options.actions ?? IDLE,
    families: ['ipv4', 'ipv6'],
    ends: drawControlEnds(RANGES),
    translates: options.translates ?? false,
    limits: {
      marker: (options.patience ?? 20_000) * 1e6,
      settle: 20e9,
      leastLateness: (options.lateness ?? 1000) * 1e6,
    },
  })
  async function* all() {
    for (const [n, chunk] of chunks.entries()) {
      if (n > 0) await options.between?.()
      yield chunk
    }
    options.afterwards?.()
  }
  const seen: Seen = { verdicts: [], sightings: [], batches: [] }
  const timeline = { epoch: 0n, phases: ['before'], chunks: all() }
  for await (const observed of session.replay(timeline, new AbortController().signal)) {
    const { packets, sightings = [] } = observed
    for (let i = 0; i < packets.count; i++) seen.verdicts.push(nameOf(Verdict, packets.verdict[i] ?? 0))
    seen.sightings.push(...sightings)
    seen.batches.push(observed)
  }
  return { ...seen, port, patience: session.patience }
}
