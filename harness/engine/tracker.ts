import { Tcp } from '../model/codes.ts'
import { endLingering, hear } from './application.ts'
import {
  trackCloseWait,
  trackClosing,
  trackFinWait1,
  trackFinWait2,
  trackLastAck,
  trackTimeWait,
} from './closing.ts'
import { trackEstablished, WindowCheck } from './established.ts'
import { trackSynReceived, trackSynSent } from './handshake.ts'
import { adoptImported } from './imported.ts'
import { oddityAt, settleOddity } from './oddities.ts'
import type { Oddity } from './oddity.ts'
import { isAside, isBeforeStart } from './probes.ts'
import { CLIENT, Flag, ISN, NEXT, SERVER, STATE_MASK, State, withState } from './record.ts'
import { acceptReset } from './reset.ts'
import type { Segment } from './segment.ts'
import type { Settings } from './settings.ts'
import type { SessionTable } from './table.ts'

/** The parts of a profile that tracking depends on. */
export type TrackSettings = Pick<Settings, 'windowCheck' | 'exactReset' | 'asyncOneside' | 'pickUp'>

const IMPORTED = Flag.importedClient | Flag.importedServer

/**
 * Tracks a segment of a session. Returns false if it is a stream error (docs/decision-tables.md 10.6), which leaves the
 * state as it was.
 */
export function track(table: SessionTable, base: number, segment: Segment, settings: TrackSettings): boolean {
  const { words } = table
  const own = base + (segment.toServer ? CLIENT : SERVER)
  const peer = base + (segment.toServer ? SERVER : CLIENT)
  const head = words[base] ?? 0
  if ((head & IMPORTED) !== 0) adoptImported(words, base, own, peer, segment)
  if ((head & Flag.special) !== 0) noteSide(table, base, segment)
  // Data kept for an application matters only for data before the window, and only if that is no error.
  const keeps = settings.windowCheck !== WindowCheck.strict
  const skipped =
    isAside(table, base, own, peer, segment) ||
    (keeps && isBeforeStart(table, base, own, segment, settings.pickUp))
  if (keeps) endLingering(table, base, own, settings.pickUp)
  noteSender(words, base, segment)
  if (!skipped && !trackState(table, base, own, peer, segment, settings)) return false
  if (((words[base] ?? 0) & Flag.special) !== 0) forgetReset(table, base, segment)
  return true
}

function noteSender(words: Int32Array, base: number, { toServer }: Segment): void {
  const head = words[base] ?? 0
  words[base] = toServer ? head & ~Flag.serverLast : head | Flag.serverLast
}

function trackState(
  table: SessionTable,
  base: number,
  own: number,
  peer: number,
  segment: Segment,
  settings: TrackSettings,
): boolean {
  const { words } = table
  const state = (words[base] ?? 0) & STATE_MASK
  // Counted from the initial sequence number, which changes when another SYN-ACK comes to count.
  const sent = ((words[own + NEXT] ?? 0) - (words[own + ISN] ?? 0)) | 0
  const peerSent = ((words[peer + NEXT] ?? 0) - (words[peer + ISN] ?? 0)) | 0
  segment.taken = false
  segment.delivered = state > State.synSent && state < State.closed
  if (!trackInState(table, base, segment, state, settings)) {
    segment.delivered = false
    return false
  }
  if (state === State.synSent) segment.delivered = ((words[base] ?? 0) & STATE_MASK) === State.established
  const open = state <= State.synReceived ? segment.taken : state >= State.established
  if (open && settings.windowCheck === WindowCheck.eventOnly) {
    const next = ((words[own + ISN] ?? 0) + sent) | 0
    const peerNext = ((words[peer + ISN] ?? 0) + peerSent) | 0
    // Where a SYN-ACK turned the flow round wrongly, data ends the handshake in the other stream (Suricata 7, PacketStateSynRecv).
    if (state === State.synReceived && !segment.has(Tcp.fin) && words[peer + NEXT] !== peerNext)
      hear(table, base, peer, own, segment, state, peerNext, next, settings.pickUp)
    else hear(table, base, own, peer, segment, state, next, peerNext, settings.pickUp)
  }
  return true
}

function trackInState(
  table: SessionTable,
  base: number,
  segment: Segment,
  state: number,
  settings: TrackSettings,
): boolean {
  if (state === State.closed) return trackClosed(table, base, segment, settings)
  const { windowCheck, exactReset, asyncOneside } = settings
  if (state === State.synSent) return trackSynSent(table, base, segment, asyncOneside)
  if (segment.has(Tcp.rst)) return acceptReset(table, base, segment, exactReset)
  switch (state) {
    case State.established:
      return trackEstablished(table, base, segment, windowCheck, asyncOneside)
    case State.synReceived:
      return trackSynReceived(table, base, segment, asyncOneside)
    case State.finWait1:
      return trackFinWait1(table, base, segment)
    case State.finWait2:
      return trackFinWait2(table, base, segment)
    case State.closing:
      return trackClosing(table, base, segment)
    case State.closeWait:
      return trackCloseWait(table, base, segment)
    case State.lastAck:
      return trackLastAck(table, base, segment)
    default:
      return trackTimeWait(table, base, segment)
  }
}

/**
 * On a closed session nothing is an error. A session closed by a RST that may have been forged returns to its previous state when the
 * side that is said to have sent the RST sends anything else.
 */
function trackClosed(table: SessionTable, base: number, segment: Segment, settings: TrackSettings): boolean {
  const oddity = oddityAt(table, base)
  if (oddity === undefined || segment.has(Tcp.rst)) return true
  const { resetByClient, resetByServer, earlier } = oddity
  if (segment.toServer ? !resetByClient || resetByServer : !resetByServer || resetByClient) return true
  if (!trackInState(table, base, segment, earlier, settings)) return false
  if (((table.words[base] ?? 0) & STATE_MASK) === State.closed) {
    table.words[base] = withState(table.words[base] ?? 0, earlier)
    oddity.held = State.closed
    oddity.heldIn = earlier
  }
  return true
}

/** Once both sides have been seen, the session is an ordinary one, unless it goes on without an answer to its SYN. */
function noteSide(table: SessionTable, base: number, segment: Segment): void {
  const oddity = oddityAt(table, base)
  if (oddity === undefined || segment.flags === 0) return
  if (segment.toServer) oddity.seenClient = true
  else oddity.seenServer = true
  if (!oddity.async || !oddity.seenClient || !oddity.seenServer) return
  oddity.async = false
  settleOpened(table, base, oddity)
}

function forgetReset(table: SessionTable, base: number, segment: Segment): void {
  const oddity = oddityAt(table, base)
  if (oddity === undefined || segment.has(Tcp.rst)) return
  if (!oddity.resetByClient && !oddity.resetByServer) return
  if (segment.toServer) oddity.resetByClient = false
  else oddity.resetByServer = false
  settleOpened(table, base, oddity)
}

/** Until the SYN is answered the oddity is kept, since it holds which sides were seen. */
function settleOpened(table: SessionTable, base: number, oddity: Oddity): void {
  if (((table.words[base] ?? 0) & STATE_MASK) !== State.synSent) settleOddity(table, base, oddity)
}
