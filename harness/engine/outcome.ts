import { Reason, Verdict } from '../model/codes.ts'

const REASON_SHIFT = 4

/** A `Verdict` and a `Reason` in one number. */
export function outcomeOf(verdict: number, reason: number): number {
  return verdict | (reason << REASON_SHIFT)
}

/** What the engine decides about a packet: a verdict and its reason in one number. */
export const Outcome = {
  forward: outcomeOf(Verdict.forward, Reason.none),
  streamError: outcomeOf(Verdict.drop, Reason['stream error']),
  streamErrorReject: outcomeOf(Verdict.reject, Reason['stream error']),
  midstreamDrop: outcomeOf(Verdict.drop, Reason['stream midstream']),
  midstreamReject: outcomeOf(Verdict.reject, Reason['stream midstream']),
  flowDrop: outcomeOf(Verdict.drop, Reason['flow drop']),
  ruleDrop: outcomeOf(Verdict.drop, Reason.rules),
  ruleReject: outcomeOf(Verdict.reject, Reason.rules),
  defaultDrop: outcomeOf(Verdict.drop, Reason['default action']),
  ctInvalidDrop: outcomeOf(Verdict.drop, Reason['ct invalid']),
  ctInvalidReject: outcomeOf(Verdict.reject, Reason['ct invalid']),
  ctNewDrop: outcomeOf(Verdict.drop, Reason['ct new']),
  ctNewReject: outcomeOf(Verdict.reject, Reason['ct new']),
} as const

/** The `Verdict` code in an outcome. */
export function verdictOf(of: number): number {
  return of & ((1 << REASON_SHIFT) - 1)
}

/** The `Reason` code in an outcome. */
export function reasonOf(of: number): number {
  return of >> REASON_SHIFT
}
