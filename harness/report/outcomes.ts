import type { Totals } from '../log/totals.ts'
import type { Outcome } from '../model/run-log.ts'

/** How an outcome is shown everywhere: a mark that needs no colour, a word after a number of cases, and how much it needs a look. */
export interface OutcomeStyle {
  readonly mark: string
  readonly word: string
  readonly colour: 'green' | 'red' | 'yellow' | 'magenta' | 'gray' | 'cyan'
  /** The higher, the more it needs a look. */
  readonly rank: number
}

/** A reader should look at cases with one of these outcomes. */
export const NEEDS_A_LOOK: ReadonlySet<Outcome> = new Set([
  'fail',
  'flaky',
  'unexpected-pass',
  'error',
  'inconclusive',
])

export const STYLES: Readonly<Record<Outcome, OutcomeStyle>> = {
  pass: { mark: '✓', word: 'passed', colour: 'green', rank: 0 },
  fail: { mark: '✗', word: 'failed', colour: 'red', rank: 7 },
  flaky: { mark: '~', word: 'flaky', colour: 'yellow', rank: 6 },
  inconclusive: { mark: '?', word: 'inconclusive', colour: 'magenta', rank: 3 },
  error: { mark: '!', word: 'in error', colour: 'magenta', rank: 4 },
  skipped: { mark: '–', word: 'skipped', colour: 'gray', rank: 1 },
  'known-failure': { mark: 'k', word: 'known to fail', colour: 'cyan', rank: 2 },
  'unexpected-pass': { mark: 'u', word: 'passed unexpectedly', colour: 'yellow', rank: 5 },
}

/** Outcomes in the order of reports: passes, then the worst first. */
export const OUTCOME_ORDER: readonly Outcome[] = [
  'pass',
  'fail',
  'flaky',
  'unexpected-pass',
  'error',
  'inconclusive',
  'known-failure',
  'skipped',
]

/** `41 of 49 cases played, all as expected`, for totals without a case that needs a look; known failures are not among `all`. */
export function allWords(totals: Totals, figure: (count: number) => string = String): string {
  const cases = OUTCOME_ORDER.reduce((sum, outcome) => sum + totals[outcome], 0)
  const known = totals['known-failure']
  const but = known === 0 ? '' : ` but ${figure(known)} that ${known === 1 ? 'is' : 'are'} known to fail`
  return `${figure(cases - totals.skipped)} of ${figure(cases)} cases played, all as expected${but}`
}
