import { Tcp } from '../model/codes.ts'
import { ACKED, CLIENT, LIMIT, NEXT, SERVER, State } from './record.ts'
import type { Segment } from './segment.ts'
import { before, upTo } from './sequence.ts'
import { enter } from './states.ts'
import type { SessionTable } from './table.ts'
import { noteTimestamp } from './timestamps.ts'
import { acknowledgesCredibly, adoptAcknowledged, noteAcknowledgement, noteWindow } from './windows.ts'

/**
 * Accepts the first FIN of a session: it must lie between the last acknowledged byte and the limit, and its acknowledgement must be
 * credible. The client's leads to CLOSE_WAIT, the server's to FIN_WAIT1. Only the server's FIN is counted as a sequence number, and only
 * the client's must not carry SYN.
 */
export function acceptFin(table: SessionTable, base: number, segment: Segment): boolean {
  const { words } = table
  const own = base + (segment.toServer ? CLIENT : SERVER)
  const peer = base + (segment.toServer ? SERVER : CLIENT)
  const end = (segment.seq + segment.length) | 0
  if (!acknowledgesCredibly(table, base, peer, segment)) return false
  if (before(segment.seq, words[own + ACKED] ?? 0) || !upTo(end, words[own + LIMIT] ?? 0)) return false
  if (segment.has(Tcp.syn) && segment.toServer) return false
  enter(table, base, segment.toServer ? State.closeWait : State.finWait1)
  words[own + NEXT] = segment.toServer ? end : (end + 1) | 0
  noteWindow(words, base, peer, segment)
  noteTimestamp(table, base, own, segment)
  adoptAcknowledged(words, peer, segment)
  noteAcknowledgement(words, peer, segment)
  segment.taken = true
  return true
}
