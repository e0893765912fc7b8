import type { PacketBatch } from '../../model/batch.ts'
import { Kind, Link, Role, Tunnels } from '../../model/codes.ts'
import type { HostEvent, TimedEvent, TimelineChunk } from '../../model/timeline.ts'
import { appendPacket } from '../../timeline/append.ts'
import { decodeBatch } from '../../wire/decode.ts'
import type { FoldedCase } from './folded-case.ts'

/** Packets of many cases in the order in which they are offered together. */
export interface Merged {
  /** Places in the store, by step. */
  readonly order: Int32Array
  readonly chunks: () => Generator<TimelineChunk>
}

/**
 * Merges the packets of cases by time; each case keeps its own order. Chunks are written to `out`. Events of firewalls divide the
 * whole: whatever a case offers before an event is offered before it.
 */
export function merge(cases: readonly FoldedCase[], store: PacketBatch, out: PacketBatch): Merged {
  const parts = partsOf(cases, store)
  const order = orderOf(cases, store, parts)
  const last = cases[cases.length - 1]
  const controls = last === undefined ? 0 : last.firstFlow + last.flows.count
  return { order, chunks: () => chunksOf(cases, store, out, parts, order, controls) }
}

/** By place in the store: how many of the events of its case come before the packet. */
function partsOf(cases: readonly FoldedCase[], store: PacketBatch): Uint16Array {
  const parts = new Uint16Array(store.count)
  for (const { from, to, happenings } of cases)
    for (const [index, { before }] of happenings.entries()) parts.fill(index + 1, from + before, to)
  return parts
}

function orderOf(cases: readonly FoldedCase[], store: PacketBatch, parts: Uint16Array): Int32Array {
  // A packet that was recorded after a later one keeps its place.
  const due = new Float64Array(store.count)
  for (const { from, to, offset } of cases) {
    let latest = Number.NEGATIVE_INFINITY
    for (let place = from; place < to; place++) {
      latest = Math.max(latest, (store.time[place] ?? 0) + offset)
      due[place] = latest
    }
  }
  const order = new Int32Array(store.count)
  for (let place = 0; place < order.length; place++) order[place] = place
  return order.sort((a, b) => (parts[a] ?? 0) - (parts[b] ?? 0) || (due[a] ?? 0) - (due[b] ?? 0) || a - b)
}

function* chunksOf(
  cases: readonly FoldedCase[],
  store: PacketBatch,
  out: PacketBatch,
  parts: Uint16Array,
  order: Int32Array,
  controls: number,
): Generator<TimelineChunk> {
  out.clear()
  out.tunnels = store.tunnels
  const caseOf = casesByPlace(cases, store.count)
  const rebuilt = new Map(store.rebuilt.map((each) => [each.index, each]))
  const last = cases.reduce((most, { happenings }) => Math.max(most, happenings.length), 0)
  let step = 0
  for (let part = 0; part <= last; part++) {
    let events = part === 0 ? [] : eventsOf(cases, part - 1)
    for (;;) {
      while (step < order.length && out.count < out.capacity) {
        const place = order[step] ?? 0
        if (parts[place] !== part) break
        const folded = cases[caseOf[place] ?? 0]
        if (folded !== undefined)
          offer(out, store, place, step, folded, controls + controlOf(store, place, caseOf))
        const whole = rebuilt.get(place)
        if (whole !== undefined && folded !== undefined) {
          const bytes = whole.bytes.slice()
          folded.addresses.rewrite(
            bytes,
            Link.raw,
            store.flow[place] ?? -1,
            store.direction[place] ?? 0,
            Tunnels.outer,
          )
          out.rebuilt.push({ ...whole, index: out.count - 1, bytes })
        }
        step++
      }
      if (out.count === 0 && events.length === 0) break
      decodeBatch(out)
      yield { packets: out, events }
      out.clear()
      events = []
    }
  }
}

/** Appends a packet with the addresses and numbers of its case. Controls are the same in all cases, in one flow for each family. */
function offer(
  out: PacketBatch,
  store: PacketBatch,
  place: number,
  step: number,
  { addresses, offset, firstFlow, firstDatagram }: FoldedCase,
  control: number,
): void {
  appendPacket(out, store, place)
  const n = out.count - 1
  const flow = store.flow[place] ?? -1
  const at = out.start[n] ?? 0
  out.time[n] = (store.time[place] ?? 0) + offset
  out.step[n] = step
  out.phase[n] = 0
  out.role[n] = store.role[place] ?? 0
  out.host[n] = store.host[place] ?? 0
  out.verdict[n] = store.verdict[place] ?? 0
  out.reason[n] = store.reason[place] ?? 0
  if (store.role[place] === Role.control) {
    out.flow[n] = control
    return
  }
  const frame = out.bytes.subarray(at, at + (out.captured[n] ?? 0))
  addresses.rewrite(frame, store.link[place] ?? 0, flow, store.direction[place] ?? 0)
  if (flow >= 0) out.flow[n] = firstFlow + flow
  const datagram = store.datagram[place] ?? -1
  out.datagram[n] = datagram < 0 ? -1 : firstDatagram + datagram
}

/** The flow of controls that a packet belongs to: all cases send the same datagrams for each family, and each opens its own connections. */
function controlOf({ kind }: PacketBatch, place: number, caseOf: Uint16Array): number {
  if (kind[place] === Kind.udp4) return 0
  return kind[place] === Kind.udp6 ? 1 : 2 + (caseOf[place] ?? 0)
}

/** The next events of firewalls, only once if they are the same for all cases. */
function eventsOf(cases: readonly FoldedCase[], index: number): TimedEvent[] {
  const events = new Map<string, TimedEvent>()
  for (const { happenings, offset, firstFlow } of cases) {
    const happening = happenings[index]
    if (happening === undefined) continue
    const event = moved(happening.event, firstFlow)
    const key = JSON.stringify(event)
    if (!events.has(key)) events.set(key, { before: 0, at: happening.at + offset, event })
  }
  return [...events.values()]
}

/** Once hosts are known, only events that concern a session are about a flow. */
function moved(event: HostEvent, firstFlow: number): HostEvent {
  if (event.kind === 'lose-replicas')
    return event.flow < 0 ? event : { ...event, flow: event.flow + firstFlow }
  return 'flow' in event ? { ...event, flow: -1 } : event
}

/** By place in the store: the index of its case. */
export function casesByPlace(cases: readonly FoldedCase[], count: number): Uint16Array {
  const caseOf = new Uint16Array(count)
  for (const [index, { from, to }] of cases.entries()) caseOf.fill(index, from, to)
  return caseOf
}
