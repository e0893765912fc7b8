import type { PacketBatch } from '../model/batch.ts'
import { Reason, Verdict } from '../model/codes.ts'

const REASON_SHIFT = 4

function outcome(verdict: number, reason: number): number {
  return verdict | (reason << REASON_SHIFT)
}

/** What the engine decides about a packet: a verdict and its reason, in one number. */
export const Outcome = {
  forward: outcomeOf(Verdict.forward, Reason.none),
  /** Forwarded past sessions and rules. */
  pastRules: outcomeOf(Verdict.forward, Reason.bypass),
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
  tableFull: outcomeOf(Verdict.drop, Reason['flow table full']),
  /** Too little of the packet is in the capture. */
  unread: outcomeOf(Verdict.undecided, Reason['header not captured']),
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

/** The outcome of a packet of the batch. */
export function outcomeAt({ verdict, reason }: PacketBatch, index: number): number {
  return outcomeOf(verdict[index] ?? 0, reason[index] ?? 0)
}
