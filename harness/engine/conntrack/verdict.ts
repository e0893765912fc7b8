import { Outcome } from '../outcome.ts'
import type { CtSettings } from './settings.ts'

/**
 * The rules around the tracker (nftables): established and related are accepted, new only if it opens a connection; the exception policy
 * applies to the rest, invalid or new. For TCP a SYN without entry opens; for other protocols any packet does.
 */

/** How the policy treats an invalid packet, or one that would create an entry without opening a connection. */
export function exceptional(invalid: boolean, settings: CtSettings): number {
  if (invalid && settings.dropsInvalid) return Outcome.ctInvalidDrop
  if (settings.exception === 'continue') return Outcome.forward
  if (settings.exception === 'reject') return invalid ? Outcome.ctInvalidReject : Outcome.ctNewReject
  return invalid ? Outcome.ctInvalidDrop : Outcome.ctNewDrop
}

/** The same outcome if no reset can be sent: a silent drop. */
export function withoutReset(outcome: number): number {
  if (outcome === Outcome.ctInvalidReject) return Outcome.ctInvalidDrop
  return outcome === Outcome.ctNewReject ? Outcome.ctNewDrop : outcome
}
