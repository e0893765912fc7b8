import { Tcp } from '../../model/codes.ts'
import { ACKED, LIMIT, NEXT, scaleOf, WINDOW } from '../record.ts'
import type { Segment } from '../segment.ts'
import { before } from '../sequence.ts'

/*
 * The windows of van Rooij, "Real stateful TCP packet filtering in IP Filter" (SANE 2000), as pf keeps them. For each stream:
 * NEXT, the end of what was sent; WINDOW, the largest window that its peer ever offered; LIMIT, up to where its peer has let it
 * send; ACKED, what its peer has acknowledged.
 */

/** The end of a segment, including SYN and FIN (RFC 9293 3.4). */
export function endOf(segment: Segment): number {
  return (segment.seq + segment.length + (segment.has(Tcp.syn) ? 1 : 0) + (segment.has(Tcp.fin) ? 1 : 0)) | 0
}

/**
 * Whether a segment lies where its sender may send, and acknowledges what its receiver may have sent, within `ackWindow` (scaled
 * like the sender's windows) on either side. For a segment without sequence space only the acknowledgement is checked.
 */
export function fits(
  words: Int32Array,
  base: number,
  own: number,
  peer: number,
  segment: Segment,
  ackWindow: number,
): boolean {
  const end = endOf(segment)
  if (end !== segment.seq) {
    if (before(words[own + LIMIT] ?? 0, end)) return false
    const floor = ((words[own + NEXT] ?? 0) - Math.max(words[own + WINDOW] ?? 0, 1)) | 0
    if (before(segment.seq, floor)) return false
  }
  if (!segment.has(Tcp.ack)) return true
  const behind = ((words[peer + NEXT] ?? 0) - segment.ack) | 0
  return behind >= -ackWindow && behind <= ackWindow * 2 ** scaleOf(words[base] ?? 0, peer - base)
}

/** Whether a RST starts where its sender may send. */
export function startsWithin(words: Int32Array, own: number, segment: Segment): boolean {
  const floor = ((words[own + NEXT] ?? 0) - Math.max(words[own + WINDOW] ?? 0, 1)) | 0
  return !before(segment.seq, floor) && !before(words[own + LIMIT] ?? 0, segment.seq)
}

/** Updates the session from an accepted segment. */
export function advance(words: Int32Array, base: number, own: number, peer: number, segment: Segment): void {
  const end = endOf(segment)
  if (before(words[own + NEXT] ?? 0, end)) words[own + NEXT] = end
  if (!segment.has(Tcp.ack)) return
  // The window of a SYN is never scaled (RFC 7323 2.2).
  const shift = segment.has(Tcp.syn) ? 0 : scaleOf(words[base] ?? 0, peer - base)
  const window = segment.window << shift
  if ((words[peer + WINDOW] ?? 0) < window) words[peer + WINDOW] = window
  if (before(words[peer + ACKED] ?? 0, segment.ack)) words[peer + ACKED] = segment.ack
  const limit = (segment.ack + Math.max(window, 1)) | 0
  if (before(words[peer + LIMIT] ?? 0, limit)) words[peer + LIMIT] = limit
}
