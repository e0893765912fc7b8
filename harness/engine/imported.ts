import { Tcp } from '../model/codes.ts'
import { ACKED, CLIENT, Flag, LIMIT, NEXT, STATE_MASK, State, scaleOf, WINDOW, withState } from './record.ts'
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
  const opening = (head & STATE_MASK) < State.established && segment.acknowledges()
  words[base] = (opening ? withState(head, State.established) : head) & ~side
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
