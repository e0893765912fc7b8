import { type Emitted, type HostPart, NANOS_PER_SECOND, PacketBatch } from '../../model/batch.ts'
import { Role, Tunnels } from '../../model/codes.ts'
import type { Session } from '../../model/target.ts'
import type { TimedEvent, TimelineChunk } from '../../model/timeline.ts'
import { decodeBatch } from '../../wire/decode.ts'
import type { Offered, Part } from './conversation.ts'
import { FRAME_LINK, frameOf, tunnelled } from './frames.ts'

/** What a target must give back unchanged, as text that can be compared. */
type Untouched = string

/** What was observed of one packet. */
export interface Seen {
  readonly step: number
  readonly verdict: number
  readonly reason: number
  readonly by: number
  readonly knowledge: number
  readonly untouched: Untouched
  readonly emitted: readonly Emitted[]
  readonly parts: readonly HostPart[]
}

export interface Played {
  readonly seen: readonly Seen[]
  /** Emissions that no packet caused. */
  readonly alone: readonly Emitted[]
  /** For each step: what was offered. */
  readonly offered: readonly Untouched[]
}

const FIRST_PORT = 40_000
const MILLISECOND = 1_000_000
const BATCH_PACKETS = 64
const BATCH_BYTES = 1 << 16

/**
 * Plays a timeline through a session and records everything that was observed. As in a run, one batch serves all chunks: a session
 * that keeps packets must copy them.
 */
export async function play(
  session: Session,
  parts: Iterable<Part> | AsyncIterable<Part>,
  signal: AbortSignal = new AbortController().signal,
): Promise<Played> {
  const offered: Untouched[] = []
  const seen: Seen[] = []
  const alone: Emitted[] = []
  const chunks = chunksOf(parts, (untouched) => offered.push(untouched))
  for await (const { packets, by, knowledge } of session.replay(
    { epoch: 1_700_000_000_000_000_000n, phases: ['before'], chunks },
    signal,
  )) {
    alone.push(...packets.emitted.filter(({ cause }) => cause < 0))
    for (let i = 0; i < packets.count; i++)
      seen.push({
        step: packets.step[i] ?? -1,
        verdict: packets.verdict[i] ?? -1,
        reason: packets.reason[i] ?? -1,
        by: by[i] ?? -1,
        knowledge: knowledge[i] ?? -1,
        untouched: untouchedOf(packets, i),
        emitted: packets.emitted.filter(({ cause }) => cause === i),
        parts: packets.parts.filter(({ cause }) => cause === i),
      })
  }
  return { seen, alone, offered }
}

async function* chunksOf(
  parts: Iterable<Part> | AsyncIterable<Part>,
  tell: (untouched: Untouched) => void,
): AsyncGenerator<TimelineChunk> {
  const batch = new PacketBatch(BATCH_PACKETS, BATCH_BYTES)
  let step = 0
  let time = MILLISECOND
  for await (const { events = [], packets } of parts) {
    batch.clear()
    const at = time
    for (const packet of packets) {
      time += packet.gap === undefined ? MILLISECOND : packet.gap * NANOS_PER_SECOND
      append(batch, packet, step++, time)
    }
    batch.tunnels = packets.some(({ tunnel }) => tunnel) ? Tunnels.inner : Tunnels.outer
    decodeBatch(batch)
    for (let i = 0; i < batch.count; i++) tell(untouchedOf(batch, i))
    yield { packets: batch, events: events.map((event): TimedEvent => ({ before: 0, at, event })) }
  }
}

function append(batch: PacketBatch, packet: Offered, step: number, time: number): void {
  const n = batch.count++
  const plain = frameOf(packet, packet.family, FIRST_PORT + packet.flow)
  const frame = packet.tunnel ? tunnelled(plain, packet, packet.family) : plain
  const at = n === 0 ? 0 : (batch.start[n - 1] ?? 0) + (batch.captured[n - 1] ?? 0)
  batch.bytes.set(frame, at)
  batch.number[n] = step + 1
  batch.start[n] = at
  batch.captured[n] = frame.length
  batch.original[n] = frame.length
  batch.time[n] = time
  batch.link[n] = FRAME_LINK
  batch.flow[n] = packet.flow
  batch.direction[n] = packet.direction
  batch.datagram[n] = -1
  batch.step[n] = step
  batch.phase[n] = 0
  batch.role[n] = Role.probe
  batch.host[n] = packet.host
  batch.verdict[n] = packet.decided?.verdict ?? 0
  batch.reason[n] = packet.decided?.reason ?? 0
}

/** Every column that others than the target fill, and the frame, by name. */
function untouchedOf(batch: PacketBatch, index: number): Untouched {
  const { number, captured, original, time, link, kind, payload, flags, vlan, seq, ack } = batch
  const { flow, direction, step, phase, role, host } = batch
  const columns = { number, captured, original, time, link, kind, payload, flags, vlan, seq, ack }
  const values = Object.entries({ ...columns, flow, direction, step, phase, role, host }).map(
    ([name, column]) => `${name} ${column[index]}`,
  )
  return [...values, `frame ${Buffer.from(batch.copyFrame(index)).toString('hex')}`].join(', ')
}
