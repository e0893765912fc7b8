import { Tcp } from '../model/codes.ts'
import {
  ACKED,
  CLIENT,
  EXTRA,
  Flag,
  LIMIT,
  NEXT,
  STATE_MASK,
  State,
  scaleOf,
  WINDOW,
  WINDOWLESS,
  withState,
} from './record.ts'
import type { Segment } from './segment.ts'
import { before } from './sequence.ts'

/**
 * A session that came from another host may have moved on since it was copied. The first packet of each side is believed:
 * its numbers are taken over where they are further on, and a handshake that has ended meanwhile ends here too.
 */
export function adoptImported(
  words: Int32Array,
  base: number,
  own: number,
  peer: number,
  segment: Segment,
): void {
  const side = own - base === CLIENT ? Flag.importedClient : Flag.importedServer
  const head = words[base] ?? 0
  if ((head & side) === 0 || segment.has(Tcp.syn)) return
  if (((words[base + EXTRA] ?? 0) & WINDOWLESS) !== 0) learnNumbers(words, base, own, peer, segment)
  const opening = (head & STATE_MASK) < State.established && segment.acknowledges()
  const left = (opening ? withState(head, State.established) : head) & ~side
  words[base] = left
  if ((left & BOTH_SIDES) === 0) words[base + EXTRA] = (words[base + EXTRA] ?? 0) & ~WINDOWLESS
  if (before(words[own + NEXT] ?? 0, segment.seq)) {
    words[own + NEXT] = segment.seq
    words[own + ACKED] = segment.seq
  }
  const end = (segment.seq + segment.length) | 0
  if (before(words[own + LIMIT] ?? 0, end)) words[own + LIMIT] = end
  if (!segment.has(Tcp.ack)) return
  if (before(words[peer + ACKED] ?? 0, segment.ack)) words[peer + ACKED] = segment.ack
  if (before(words[peer + NEXT] ?? 0, segment.ack)) words[peer + NEXT] = segment.ack
  words[peer + WINDOW] = segment.window << scaleOf(head, peer - base)
  const limit = (segment.ack + (words[peer + WINDOW] ?? 0)) | 0
  if (before(words[peer + LIMIT] ?? 0, limit)) words[peer + LIMIT] = limit
}

const BOTH_SIDES = Flag.importedClient | Flag.importedServer

/**
 * The first packet of a side whose numbers were not told: it is where that side stands, whatever the other one's packet said, and the
 * window that it gives is taken for both, as of a connection that is picked up.
 */
function learnNumbers(words: Int32Array, base: number, own: number, peer: number, segment: Segment): void {
  const head = words[base] ?? 0
  const end = (segment.seq + segment.length) | 0
  if (words[own + WINDOW] === 0) words[own + ACKED] = segment.seq
  words[own + NEXT] = segment.seq
  words[own + LIMIT] = (end + Math.max(segment.window << scaleOf(head, peer - base), 1)) | 0
  if (words[peer + LIMIT] !== 0 || !segment.has(Tcp.ack)) return
  words[peer + NEXT] = segment.ack
  words[peer + ACKED] = segment.ack
}
