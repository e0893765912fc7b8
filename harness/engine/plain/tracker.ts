import { Tcp } from '../../model/codes.ts'
import { WindowCheck } from '../established.ts'
import { adoptImported } from '../imported.ts'
import { ACKED, CLIENT, Flag, NEXT, SERVER, STAMP, STATE_MASK, State, withState } from '../record.ts'
import type { Segment } from '../segment.ts'
import { upTo } from '../sequence.ts'
import type { Settings } from '../settings.ts'
import type { SessionTable } from '../table.ts'
import { repeatsSyn, trackSynReceived, trackSynSent } from './opening.ts'
import { advance, endOf, fits, startsWithin } from './window.ts'

const IMPORTED = Flag.importedClient | Flag.importedServer
/** This tracker handles neither keepalives nor timestamps: their bits and words hold which side has sent a FIN, and where that ended. */
const CLIENT_FIN = Flag.clientKeepalive
const SERVER_FIN = Flag.serverKeepalive
const FIN_END = STAMP

/**
 * Tracks a segment of a session as pf and most systems do: a plain state machine, with the same window check in every state
 * (docs/decision-tables.md 10.6, strict windows). Returns false if the segment is invalid, which leaves the session as it was.
 */
export function trackWindows(
  table: SessionTable,
  base: number,
  segment: Segment,
  settings: Settings,
): boolean {
  const { words } = table
  const own = base + (segment.toServer ? CLIENT : SERVER)
  const peer = base + (segment.toServer ? SERVER : CLIENT)
  if (((words[base] ?? 0) & IMPORTED) !== 0) adoptImported(words, base, own, peer, segment)
  const head = words[base] ?? 0
  const state = head & STATE_MASK
  const liberal = settings.windowCheck === WindowCheck.liberal
  if (state === State.synSent) return trackSynSent(words, base, segment, liberal)
  if (segment.has(Tcp.rst)) return acceptReset(words, base, own, segment, settings)
  const { ackWindow } = settings
  const unchecked = liberal || (head & Flag.pickedUp) !== 0
  if (state === State.synReceived) {
    if (!trackSynReceived(words, base, segment, unchecked, ackWindow)) return false
  } else {
    if (segment.has(Tcp.syn)) return repeatsSyn(words, base, segment)
    if (!unchecked && !fits(words, base, own, peer, segment, ackWindow))
      return settings.windowCheck !== WindowCheck.strict
    advance(words, base, own, peer, segment)
  }
  noteClose(words, base, own, segment)
  return true
}

/** Records which side has closed, and whether the other has acknowledged it. */
function noteClose(words: Int32Array, base: number, own: number, segment: Segment): void {
  let head = words[base] ?? 0
  if (segment.has(Tcp.fin)) {
    head |= segment.toServer ? CLIENT_FIN : SERVER_FIN
    words[own + FIN_END] = endOf(segment)
    words[base] = head
  }
  const closes = head & (CLIENT_FIN | SERVER_FIN)
  if (closes === 0 || (head & STATE_MASK) === State.closed) return
  if (closes === CLIENT_FIN) words[base] = withState(head, State.closeWait)
  else if (closes === SERVER_FIN) words[base] = withState(head, State.finWait1)
  else {
    const done = isAcknowledged(words, base + CLIENT) && isAcknowledged(words, base + SERVER)
    words[base] = withState(head, done ? State.timeWait : State.lastAck)
  }
}

function isAcknowledged(words: Int32Array, stream: number): boolean {
  return upTo(words[stream + FIN_END] ?? 0, words[stream + ACKED] ?? 0)
}

/** Closes the session if the RST counts (knob `rstValidation`); returns false if it is invalid. */
function acceptReset(
  words: Int32Array,
  base: number,
  own: number,
  segment: Segment,
  { rstValidation, windowCheck }: Settings,
): boolean {
  const head = words[base] ?? 0
  const off = Math.abs((segment.seq - (words[own + NEXT] ?? 0)) | 0)
  const within = windowCheck === WindowCheck.liberal || startsWithin(words, own, segment)
  if (off === 0 || (rstValidation === 'near' && off === 1) || (rstValidation === 'window' && within)) {
    words[base] = withState(head, State.closed)
    return true
  }
  if (rstValidation !== 'pending' || !within) return false
  if ((head & STATE_MASK) === State.established) words[base] = withState(head, State.resetPending)
  return true
}
