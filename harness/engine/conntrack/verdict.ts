import { Outcome } from '../outcome.ts'
import type { CtSettings } from './settings.ts'

/**
 * The rules around the tracker (nftables): established and related are accepted, new only where it opens something; the rest,
 * invalid or new, is for the exception policy. Of TCP a fresh SYN opens, of everything else any packet does.
 */

/** What the policy does about an invalid packet, or about one that would make an entry without opening anything. */
export function exceptional(invalid: boolean, settings: CtSettings): number {
  if (invalid && settings.dropsInvalid) return Outcome.ctInvalidDrop
  if (settings.exception === 'continue') return Outcome.forward
  if (settings.exception === 'reject') return invalid ? Outcome.ctInvalidReject : Outcome.ctNewReject
  return invalid ? Outcome.ctInvalidDrop : Outcome.ctNewDrop
}

/** The same outcome where no reset can be sent: a silent drop. */
export function withoutReset(outcome: number): number {
  if (outcome === Outcome.ctInvalidReject) return Outcome.ctInvalidDrop
  return outcome === Outcome.ctNewReject ? Outcome.ctNewDrop : outcome
}
