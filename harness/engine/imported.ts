import { Tcp } from '../model/codes.ts'
import {
  ACKED,
  CLIENT,
  EXTRA,
  Flag,
  LIMIT,
  NEXT,
  SERVER,
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
 * A session imported from another host may have advanced since it was copied. The first packet of each side is believed: its numbers are
 * adopted if they are further on, and a handshake that has been completed meanwhile is completed here too. Until the other side has been
 * seen, later packets also supply what that side would have shown: what it sent, acknowledged and has room for.
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
  const first = (head & side) !== 0
  if (segment.has(Tcp.syn) || (!first && segment.has(Tcp.rst))) return
  if (first) adoptFirst(words, base, own, peer, segment)
  const next = words[own + NEXT] ?? 0
  const goneOn = before(next, segment.seq)
  if (first && goneOn) words[own + NEXT] = segment.seq
  // The client's FIN is not counted in NEXT.
  if (first || !before((next + 1) | 0, segment.seq)) {
    const unseen = (head & BOTH_SIDES & ~side) !== 0
    if ((first && goneOn) || (unseen && before(words[own + ACKED] ?? 0, segment.seq)))
      words[own + ACKED] = segment.seq
    const end = (segment.seq + segment.length) | 0
    if (before(words[own + LIMIT] ?? 0, end)) words[own + LIMIT] = end
  }
  if (!segment.has(Tcp.ack)) return
  if (before(words[peer + ACKED] ?? 0, segment.ack)) words[peer + ACKED] = segment.ack
  if (before(words[peer + NEXT] ?? 0, segment.ack)) words[peer + NEXT] = segment.ack
  words[peer + WINDOW] = segment.window << scaleOf(head, peer - base)
  const limit = (segment.ack + (words[peer + WINDOW] ?? 0)) | 0
  if (before(words[peer + LIMIT] ?? 0, limit)) words[peer + LIMIT] = limit
}

/** The side has been seen; completes a handshake that its packet completes, and adopts numbers that were not shared. */
function adoptFirst(words: Int32Array, base: number, own: number, peer: number, segment: Segment): void {
  const side = own - base === CLIENT ? Flag.importedClient : Flag.importedServer
  const head = words[base] ?? 0
  if (((words[base + EXTRA] ?? 0) & WINDOWLESS) !== 0) learnNumbers(words, base, own, peer, segment)
  const opening = (head & STATE_MASK) < State.established && segment.acknowledges()
  if (opening && (head & STATE_MASK) === State.synSent) placeServer(words, base, own, segment)
  const left = (opening ? withState(head, State.established) : head) & ~side
  words[base] = left
  if ((left & BOTH_SIDES) === 0) words[base + EXTRA] = (words[base + EXTRA] ?? 0) & ~WINDOWLESS
}

/**
 * A session that was copied before its server was seen: the packet gives the server's position, since there are no known numbers to
 * compare with. Limits are taken from the packet too.
 */
function placeServer(words: Int32Array, base: number, own: number, segment: Segment): void {
  const server = base + SERVER
  const at = own === server ? segment.seq : segment.ack
  words[server + NEXT] = at
  words[server + ACKED] = at
  words[server + LIMIT] = at
  words[base + CLIENT + LIMIT] = own === server ? segment.ack : segment.seq
}

const BOTH_SIDES = Flag.importedClient | Flag.importedServer

/**
 * The first packet of a side whose numbers were not shared gives that side's position, whatever the other side's packet acknowledged.
 * Its window is taken for both sides, as for a connection that is picked up.
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
