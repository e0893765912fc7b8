import { Tcp } from '../model/codes.ts'
import { acceptFin } from './fin.ts'
import { ACKED, CLIENT, Flag, ISN, LIMIT, NEXT, SERVER, WINDOW } from './record.ts'
import type { Segment } from './segment.ts'
import { after, before, upTo } from './sequence.ts'
import type { SessionTable } from './table.ts'
import { noteTimestamp, passesPaws } from './timestamps.ts'
import {
  acknowledgesCredibly,
  advanceNext,
  isAsync,
  noteAcknowledgement,
  noteWindow,
  raiseLimit,
  setLimit,
} from './windows.ts'

/** How ACKs and data outside the window are treated (knob `windowCheck`). */
export const WindowCheck = { eventOnly: 0, strict: 1, liberal: 2 } as const

/** Tracks an established session. Returns false if the packet is a stream error. */
export function trackEstablished(
  table: SessionTable,
  base: number,
  segment: Segment,
  windowCheck: number,
  asyncOneside: boolean,
): boolean {
  const { words } = table
  const own = base + (segment.toServer ? CLIENT : SERVER)
  if (segment.has(Tcp.syn | Tcp.fin)) {
    if (segment.has(Tcp.fin)) return passesPaws(table, base, own, segment) && acceptFin(table, base, segment)
    return segment.has(Tcp.ack) && repeatsSynAck(words, base, segment)
  }
  if (!segment.has(Tcp.ack)) {
    segment.delivered = false
    return true
  }
  if (!passesPaws(table, base, own, segment)) return false
  if (!segment.toServer) words[base] = (words[base] ?? 0) | Flag.confirmed
  const peer = base + (segment.toServer ? SERVER : CLIENT)
  return advance(table, base, own, peer, segment, windowCheck, asyncOneside)
}

/** A repeated SYN-ACK is accepted until the server has sent anything else, which it does once it has the client's ACK. */
function repeatsSynAck(words: Int32Array, base: number, segment: Segment): boolean {
  return (
    !segment.toServer &&
    segment.ack === words[base + CLIENT + ACKED] &&
    segment.seq === words[base + SERVER + ISN] &&
    ((words[base] ?? 0) & Flag.confirmed) === 0
  )
}

/**
 * Advances the session by an ACK or data. A segment outside the window changes nothing, except that data beyond it advances the next
 * expected sequence number, which is updated before the window is checked. It is an error only if windows are checked strictly.
 */
function advance(
  table: SessionTable,
  base: number,
  own: number,
  peer: number,
  segment: Segment,
  windowCheck: number,
  asyncOneside: boolean,
): boolean {
  const { words } = table
  const tolerated = windowCheck !== WindowCheck.strict
  segment.delivered = false
  const end = (segment.seq + segment.length) | 0
  const head = words[base] ?? 0
  const unbounded =
    (head & Flag.pickedUp) !== 0 || windowCheck === WindowCheck.liberal || isAsync(table, base)
  if (!acknowledgesCredibly(table, base, peer, segment)) return tolerated
  if ((head & Flag.awaitsServer) !== 0 && !segment.toServer) hearServer(words, base, segment)
  if (isBehind(words, own, segment, end) && !isTakenAlone(table, base, own, segment, asyncOneside))
    return tolerated
  const next = words[own + NEXT] ?? 0
  if (segment.length === 1 && segment.seq === next && words[own + WINDOW] === 0) {
    words[base] = (words[base] ?? 0) | (segment.toServer ? Flag.clientZeroProbe : Flag.serverZeroProbe)
    segment.taken = true
    segment.delivered = true
    return true
  }
  const within = unbounded || upTo(end, words[own + LIMIT] ?? 0)
  if (!within && !tolerated) return false
  if (!before(end, next)) advanceNext(table, base, own, end)
  if (!within) return true
  segment.delivered = true
  noteWindow(words, base, peer, segment)
  noteAcknowledgement(words, peer, segment)
  noteTimestamp(table, base, own, segment)
  raiseLimit(table, base, peer, segment)
  segment.taken = true
  return true
}

/** Wholly acknowledged before; except keepalives, and data that fills a gap which was acknowledged unseen. */
function isBehind(words: Int32Array, own: number, segment: Segment, end: number): boolean {
  const acked = words[own + ACKED] ?? 0
  if (!before(end, acked)) return false
  const next = words[own + NEXT] ?? 0
  if (segment.length <= 1 && segment.seq === ((next - 1) | 0)) return false
  return !(after(acked, next) && after(end, next))
}

/** If only one side is seen, or may be after a pick-up, no acknowledgements are seen: segments behind are accepted. */
function isTakenAlone(
  table: SessionTable,
  base: number,
  own: number,
  segment: Segment,
  asyncOneside: boolean,
): boolean {
  const { words } = table
  if (isAsync(table, base)) {
    // At a distance of half the sequence space it can begin after an edge before which it ends.
    if (!segment.toServer || after(segment.seq, words[own + ACKED] ?? 0)) words[own + ACKED] = segment.seq
    return true
  }
  if (!asyncOneside || !segment.toServer || ((words[base] ?? 0) & Flag.pickedUp) === 0) return false
  return segment.seq === words[own + NEXT] || words[own + ACKED] === (((words[own + ISN] ?? 0) + 1) | 0)
}

/** The server's first packet after a pick-up sets the server's limit. */
function hearServer(words: Int32Array, base: number, segment: Segment): void {
  const server = base + SERVER
  noteWindow(words, base, server, segment)
  setLimit(words, server)
  words[base] = (words[base] ?? 0) & ~Flag.awaitsServer
}
