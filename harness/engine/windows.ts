import { Tcp } from '../model/codes.ts'
import { ACKED, LIMIT, NEXT, scaleOf, WINDOW } from './record.ts'
import type { Segment } from './segment.ts'
import { before, upTo } from './sequence.ts'

/**
 * Whether an acknowledgement is credible: not further back than one window behind the highest one so far, and not beyond
 * what the receiver has let the other side send. `peer` is the stream that it acknowledges. True without ACK flag.
 */
export function acknowledgesCredibly(words: Int32Array, peer: number, segment: Segment): boolean {
  if (!segment.has(Tcp.ack)) return true
  const acked = words[peer + ACKED] ?? 0
  const ahead = (segment.ack - acked) | 0
  if (ahead === 0) return true
  if (ahead > 0) return upTo(segment.ack, words[peer + LIMIT] ?? 0)
  const window = words[peer + WINDOW] ?? 0
  return window === 0 || !before(segment.ack, (acked - window) | 0)
}

/** Data that was sent before, as far as this host can tell: nothing of it is new to it, or part of it was acknowledged. */
export function isRetransmission(words: Int32Array, own: number, segment: Segment): boolean {
  if (segment.length === 0) return false
  const end = (segment.seq + segment.length) | 0
  return before(segment.seq, words[own + ACKED] ?? 0) || upTo(end, words[own + NEXT] ?? 0)
}

/** Moves the highest acknowledgement about `peer` up to the segment's. */
export function noteAcknowledgement(words: Int32Array, peer: number, segment: Segment): void {
  if (segment.has(Tcp.ack) && before(words[peer + ACKED] ?? 0, segment.ack)) words[peer + ACKED] = segment.ack
}

/** Takes over how much the segment lets `peer` send; the limit itself is not moved. */
export function noteWindow(words: Int32Array, base: number, peer: number, segment: Segment): void {
  words[peer + WINDOW] = segment.window << scaleOf(words[base] ?? 0, peer - base)
}

/** Moves the limit of `peer` up to what was acknowledged plus its window; it never goes back. */
export function raiseLimit(words: Int32Array, peer: number): void {
  const limit = ((words[peer + ACKED] ?? 0) + (words[peer + WINDOW] ?? 0)) | 0
  if (before(words[peer + LIMIT] ?? 0, limit)) words[peer + LIMIT] = limit
}

/** An acknowledgement of something that this host has not seen: it was sent all the same. */
export function adoptAcknowledged(words: Int32Array, peer: number, segment: Segment): void {
  if (segment.has(Tcp.ack) && before(words[peer + NEXT] ?? 0, segment.ack)) words[peer + NEXT] = segment.ack
}
