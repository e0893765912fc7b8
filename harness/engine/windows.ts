import { Tcp } from '../model/codes.ts'
import { makeOddity, oddityAt, settleOddity } from './oddities.ts'
import type { Oddity } from './oddity.ts'
import { ACKED, CLIENT, LIMIT, NEXT, scaleOf, WINDOW } from './record.ts'
import { afterAck, type SackedRanges, sizeOf, withRange } from './sacks.ts'
import type { Segment } from './segment.ts'
import { after, before, upTo } from './sequence.ts'
import type { SessionTable } from './table.ts'

/** Whether only one side of the session has been seen, and it is tracked from that side alone. */
export function isAsync(table: SessionTable, base: number): boolean {
  return oddityAt(table, base)?.async === true
}

/**
 * Whether an acknowledgement is credible: at most one window behind the highest one so far, and not beyond the limit up to which the
 * receiver has let the other side send, unless the other side is not seen. `peer` is the stream that it acknowledges. True
 * without ACK flag.
 */
export function acknowledgesCredibly(
  table: SessionTable,
  base: number,
  peer: number,
  segment: Segment,
): boolean {
  if (!segment.has(Tcp.ack)) return true
  const { words } = table
  const acked = words[peer + ACKED] ?? 0
  const ahead = (segment.ack - acked) | 0
  if (ahead === 0) return true
  if (ahead > 0) return upTo(segment.ack, words[peer + LIMIT] ?? 0) || isAsync(table, base)
  const window = words[peer + WINDOW] ?? 0
  return window === 0 || !before(segment.ack, (acked - window) | 0)
}

/** Data that was sent before, as far as this host can tell: none of it is new to the host, or part of it was acknowledged. */
export function isRetransmission(words: Int32Array, own: number, segment: Segment): boolean {
  if (segment.length === 0) return false
  const end = (segment.seq + segment.length) | 0
  const acked = words[own + ACKED] ?? 0
  return before(segment.seq, acked) || upTo(end, acked) || upTo(end, words[own + NEXT] ?? 0)
}

/** Advances the next expected sequence number; if the other side is not seen, sent data counts as acknowledged. */
export function advanceNext(table: SessionTable, base: number, own: number, next: number): void {
  const { words } = table
  words[own + NEXT] = next
  if (after(next, words[own + ACKED] ?? 0) && isAsync(table, base)) words[own + ACKED] = next
}

/** Raises the highest acknowledgement of `peer` to the segment's. */
export function noteAcknowledgement(words: Int32Array, peer: number, segment: Segment): void {
  if (segment.has(Tcp.ack) && after(segment.ack, words[peer + ACKED] ?? 0)) words[peer + ACKED] = segment.ack
}

/** Updates the window of `peer` from the segment; the limit itself does not move. */
export function noteWindow(words: Int32Array, base: number, peer: number, segment: Segment): void {
  words[peer + WINDOW] = segment.window << scaleOf(words[base] ?? 0, peer - base)
}

/** Sets the limit of `peer` to its highest acknowledgement plus its window, even if that is lower than before. */
export function setLimit(words: Int32Array, peer: number): void {
  words[peer + LIMIT] = ((words[peer + ACKED] ?? 0) + (words[peer + WINDOW] ?? 0)) | 0
}

/**
 * Raises the limit of `peer` to its highest acknowledgement plus its window plus its selectively acknowledged bytes, to which the segment
 * may add; the limit never goes back.
 */
export function raiseLimit(table: SessionTable, base: number, peer: number, segment: Segment): void {
  const { words } = table
  if (segment.sackBlocks > 0) noteSacks(table, base, peer, segment)
  const oddity = oddityAt(table, base)
  const sacked = oddity === undefined ? 0 : sackedBytes(table, base, peer, oddity)
  const limit = ((words[peer + ACKED] ?? 0) + (words[peer + WINDOW] ?? 0) + sacked) | 0
  if (after(limit, words[peer + LIMIT] ?? 0)) words[peer + LIMIT] = limit
}

/** Data that was acknowledged unseen counts as sent. A FIN without ACK has this effect, too. */
export function adoptAcknowledged(words: Int32Array, peer: number, segment: Segment): void {
  if (before(words[peer + NEXT] ?? 0, segment.ack)) words[peer + NEXT] = segment.ack
}

/** The same in FIN_WAIT1, where half the sequence space is no distance ahead (Suricata 7, StreamTcpPacketStateFinWait1). */
export function adoptAcknowledgedAhead(words: Int32Array, peer: number, segment: Segment): void {
  if (after(segment.ack, words[peer + NEXT] ?? 0)) words[peer + NEXT] = segment.ack
}

/** The selectively acknowledged ranges of a stream. */
export function sacksOf(oddity: Oddity, base: number, peer: number): SackedRanges {
  return peer - base === CLIENT ? oddity.clientSacks : oddity.serverSacks
}

function setSacks(oddity: Oddity, base: number, peer: number, ranges: SackedRanges): void {
  if (peer - base === CLIENT) oddity.clientSacks = ranges
  else oddity.serverSacks = ranges
}

/** Takes plausible SACK blocks; the second is skipped, since the first may be a duplicate report that it contains (RFC 2883). */
function noteSacks(table: SessionTable, base: number, peer: number, segment: Segment): void {
  const { words } = table
  const acked = words[peer + ACKED] ?? 0
  for (let block = 0; block < segment.sackBlocks; block++) {
    const left = segment.sackEdge(block, 0)
    const right = segment.sackEdge(block, 1)
    if (before(left, segment.ack) || block === 1 || upTo(right, acked) || upTo(right, left)) continue
    if (before(words[peer + LIMIT] ?? 0, right)) continue
    if (before((acked + (words[peer + WINDOW] ?? 0)) | 0, left)) continue
    const oddity = makeOddity(table, base)
    const ranges = afterAck(sacksOf(oddity, base, peer), acked)
    setSacks(oddity, base, peer, withRange(ranges, left, right))
  }
}

function sackedBytes(table: SessionTable, base: number, peer: number, oddity: Oddity): number {
  const ranges = sacksOf(oddity, base, peer)
  if (ranges.length === 0) return 0
  const left = afterAck(ranges, table.words[peer + ACKED] ?? 0)
  setSacks(oddity, base, peer, left)
  if (left.length === 0) settleOddity(table, base, oddity)
  return sizeOf(left)
}
