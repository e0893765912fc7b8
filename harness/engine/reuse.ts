import { CLIENT, ISN, STATE_MASK, State } from './record.ts'
import type { Segment } from './segment.ts'
import type { Settings } from './settings.ts'

/**
 * Whether a fresh SYN makes a new flow of a known one (docs/decision-tables.md 10.3): always where that has no session, and where both
 * sides are closing, unless it is the old SYN again. By Suricata's order of states TIME_WAIT is not among these.
 */
export function startsAnew(words: Int32Array, base: number, segment: Segment, settings: Settings): boolean {
  const state = (words[base] ?? 0) & STATE_MASK
  if (state === State.bare) return settings.synReusesAnyNull || !segment.toServer
  if (segment.toServer && segment.seq === words[base + CLIENT + ISN]) return false
  return state >= State.lastAck || settings.synOnLive === 'reset'
}
