import type { CaseTrace, Mismatch, Outcome } from '../model/run-log.ts'
import { traceLadder } from './ladder.ts'

/**
 * Why a case did not pass, for the message of a failing test: sentences, the source of the expectation, and a ladder of the packets
 * around the first that failed.
 */
export function failureText({
  outcome,
  detail,
  mismatches,
  trace,
}: {
  readonly outcome: Outcome
  readonly detail?: string | undefined
  readonly mismatches: readonly Mismatch[]
  readonly trace?: CaseTrace | undefined
}): string {
  const failing = mismatches.filter(({ level }) => level !== 'provisional')
  const [first] = failing
  if (detail !== undefined || first === undefined) return `${outcome}: ${detail ?? ''}`
  const { message, level, provenance, index, expected } = first
  const others = failing.length > 1 ? [`${failing.length - 1} more like this.`] : []
  const ladder =
    trace === undefined || index === undefined ? [] : ['', traceLadder(trace, index, `expected ${expected}`)]
  const lines = [
    `${outcome}: ${message}`,
    ...others,
    `${level}: ${provenance.mark}, ${provenance.where}`,
    ...ladder,
  ]
  return lines.join('\n')
}
