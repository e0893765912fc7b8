import { Tcp } from '../model/codes.ts'
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
import { isAside, isBeforeStart } from './probes.ts'
import { CLIENT, Flag, SERVER, STATE_MASK, State, withState } from './record.ts'
import { acceptReset } from './reset.ts'
import type { Segment } from './segment.ts'
import type { SessionTable } from './table.ts'

const IMPORTED = Flag.importedClient | Flag.importedServer

/**
 * Takes a segment of a session into account. False when it is an error of the stream (docs/decision-tables.md 10.6), which leaves the
 * state as it was.
 */
export function track(
  table: SessionTable,
  base: number,
  segment: Segment,
  windowCheck: number,
  exactReset: boolean,
): boolean {
  const { words } = table
  const own = base + (segment.toServer ? CLIENT : SERVER)
  const peer = base + (segment.toServer ? SERVER : CLIENT)
  if (((words[base] ?? 0) & IMPORTED) !== 0) adoptImported(words, base, own, peer, segment)
  if (isAside(words, base, own, peer, segment)) return true
  if (windowCheck !== WindowCheck.strict && isBeforeStart(words, base, own, segment)) return true
  const head = words[base] ?? 0
  const state = head & STATE_MASK
  if (state === State.established && !segment.has(Tcp.rst))
    return trackEstablished(words, base, segment, windowCheck)
  if (state === State.synSent) return trackSynSent(table, base, segment)
  if (state === State.closed) return trackClosed(table, base, segment)
  if (segment.has(Tcp.rst)) return acceptReset(words, base, segment, exactReset)
  return trackInState(words, base, segment, state)
}

function trackInState(words: Int32Array, base: number, segment: Segment, state: number): boolean {
  switch (state) {
    case State.synReceived:
      return trackSynReceived(words, base, segment)
    case State.finWait1:
      return trackFinWait1(words, base, segment)
    case State.finWait2:
      return trackFinWait2(words, base, segment)
    case State.closing:
      return trackClosing(words, base, segment)
    case State.closeWait:
      return trackCloseWait(words, base, segment)
    case State.lastAck:
      return trackLastAck(words, base, segment)
    default:
      return trackTimeWait(words, base, segment)
  }
}

/**
 * Nothing is wrong on a closed session. One whose SYN was refused lives on when the server says anything but RST after all:
 * the refusal may have been forged.
 */
function trackClosed(table: SessionTable, base: number, segment: Segment): boolean {
  const { words } = table
  const head = words[base] ?? 0
  if ((head & Flag.refused) === 0 || segment.toServer || segment.has(Tcp.rst)) return true
  words[base] = withState(head, State.synSent) & ~Flag.refused
  if (trackSynSent(table, base, segment)) return true
  words[base] = head
  return false
}
