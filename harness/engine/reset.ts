import { Tcp } from '../model/codes.ts'
import { makeOddity, oddityAt } from './oddities.ts'
import { ACKED, CLIENT, NEXT, SERVER, STATE_MASK, State, WINDOW } from './record.ts'
import type { Segment } from './segment.ts'
import { before } from './sequence.ts'
import { enter } from './states.ts'
import type { SessionTable } from './table.ts'
import { noteTimestamp, passesPaws } from './timestamps.ts'
import { acknowledgesCredibly, isAsync, noteAcknowledgement, noteWindow } from './windows.ts'

/**
 * Closes the session if the RST's receiver would believe it: with `exact`, if it starts at the next expected sequence number (BSD, and
 * RFC 5961 endpoints); else anywhere in the window (older Linux, Solaris). Returns false if not. In a session that has lost data any
 * RST is believed.
 */
export function acceptReset(table: SessionTable, base: number, segment: Segment, exact: boolean): boolean {
  const { words } = table
  const own = base + (segment.toServer ? CLIENT : SERVER)
  const peer = base + (segment.toServer ? SERVER : CLIENT)
  if (oddityAt(table, base)?.lossy !== true && !isRight(table, base, own, peer, segment, exact)) return false
  const state = (words[base] ?? 0) & STATE_MASK
  enter(table, base, State.closed)
  if (state === State.established) adoptNumbers(words, base, own, peer, segment)
  if (state >= State.established) {
    if (acknowledgesCredibly(table, base, peer, segment)) noteAcknowledgement(words, peer, segment)
    if (before(words[own + ACKED] ?? 0, segment.seq)) words[own + ACKED] = segment.seq
  }
  noteTimestamp(table, base, own, segment)
  return true
}

/** Remembers the RST: if the side that sent it sends anything else, the RST was forged, and the session lives on. */
export function noteReset(table: SessionTable, base: number, segment: Segment): void {
  const oddity = makeOddity(table, base)
  if (segment.toServer) oddity.resetByClient = true
  else oddity.resetByServer = true
}

function isRight(
  table: SessionTable,
  base: number,
  own: number,
  peer: number,
  segment: Segment,
  exact: boolean,
): boolean {
  if (!passesPaws(table, base, own, segment)) return false
  if (segment.has(Tcp.ack) && segment.ack !== 0 && !acknowledgesCredibly(table, base, peer, segment))
    return false
  if (segment.signed) noteReset(table, base, segment)
  return isBelieved(table, base, own, segment, exact)
}

function isBelieved(
  table: SessionTable,
  base: number,
  own: number,
  segment: Segment,
  exact: boolean,
): boolean {
  const { words } = table
  if (isAsync(table, base)) return !before(segment.seq, words[own + NEXT] ?? 0)
  return exact ? segment.seq === words[own + NEXT] : isInWindow(words, own, segment)
}

function isInWindow(words: Int32Array, own: number, segment: Segment): boolean {
  const end = (segment.seq + segment.length) | 0
  const limit = ((words[own + NEXT] ?? 0) + (words[own + WINDOW] ?? 0)) | 0
  return !before(end, words[own + ACKED] ?? 0) && before(segment.seq, limit)
}

/** What an established session's RST says about both sides; the server's RST is counted like its FIN. */
function adoptNumbers(words: Int32Array, base: number, own: number, peer: number, segment: Segment): void {
  words[peer + NEXT] = segment.ack
  words[own + NEXT] = (segment.seq + segment.length + (segment.toServer ? 0 : 1)) | 0
  noteWindow(words, base, own, segment)
}
