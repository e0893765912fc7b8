import { Tcp } from '../model/codes.ts'
import { ACKED, CLIENT, NEXT, SERVER, State, WINDOW, withState } from './record.ts'
import type { Segment } from './segment.ts'
import { before } from './sequence.ts'
import { passesPaws } from './timestamps.ts'
import { acknowledgesCredibly } from './windows.ts'

/**
 * Closes the session when its receiver would believe the RST: `exact`, when it starts at the sequence number expected next
 * (BSD, and RFC 5961 endpoints); else anywhere in the window (older Linux, Solaris). False when it would not.
 */
export function acceptReset(words: Int32Array, base: number, segment: Segment, exact: boolean): boolean {
  const own = base + (segment.toServer ? CLIENT : SERVER)
  const peer = base + (segment.toServer ? SERVER : CLIENT)
  if (!passesPaws(words, base, own, segment)) return false
  if (segment.has(Tcp.ack) && segment.ack !== 0 && !acknowledgesCredibly(words, peer, segment)) return false
  if (!(exact ? segment.seq === words[own + NEXT] : isInWindow(words, own, segment))) return false
  words[base] = withState(words[base] ?? 0, State.closed)
  return true
}

function isInWindow(words: Int32Array, own: number, segment: Segment): boolean {
  const end = (segment.seq + segment.length) | 0
  const limit = ((words[own + NEXT] ?? 0) + (words[own + WINDOW] ?? 0)) | 0
  return !before(end, words[own + ACKED] ?? 0) && before(segment.seq, limit)
}
