import { Reason, Verdict } from '../model/codes.ts'

const REASON_SHIFT = 4

function outcome(verdict: number, reason: number): number {
  return verdict | (reason << REASON_SHIFT)
}

/** What the engine decides about a packet: a verdict and its reason in one number. */
export const Outcome = {
  forward: outcome(Verdict.forward, Reason.none),
  streamError: outcome(Verdict.drop, Reason['stream error']),
  midstreamDrop: outcome(Verdict.drop, Reason['stream midstream']),
  midstreamReject: outcome(Verdict.reject, Reason['stream midstream']),
  flowDrop: outcome(Verdict.drop, Reason['flow drop']),
  ruleDrop: outcome(Verdict.drop, Reason.rules),
  ruleReject: outcome(Verdict.reject, Reason.rules),
  defaultDrop: outcome(Verdict.drop, Reason['default action']),
  ctInvalidDrop: outcome(Verdict.drop, Reason['ct invalid']),
  ctInvalidReject: outcome(Verdict.reject, Reason['ct invalid']),
  ctNewDrop: outcome(Verdict.drop, Reason['ct new']),
  ctNewReject: outcome(Verdict.reject, Reason['ct new']),
} as const

/** The `Verdict` code in an outcome. */
export function verdictOf(of: number): number {
  return of & ((1 << REASON_SHIFT) - 1)
}

/** The `Reason` code in an outcome. */
export function reasonOf(of: number): number {
  return of >> REASON_SHIFT
}

/** The outcome of a `Verdict` and a `Reason`. */
export function outcomeOf(verdict: number, reason: number): number {
  return outcome(verdict, reason)
}
