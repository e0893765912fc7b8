import { isDeepStrictEqual } from 'node:util'
import { wholeEvent } from '../../log/kept.ts'
import type {
  CaseFinished,
  CaseSummary,
  CaseTrace,
  Mismatch,
  Outcome,
  RunEvent,
  Tally,
} from '../../model/run-log.ts'
import type { Finding } from './finding.ts'

/** Grades observations again, with the function that graded them in the run. */
export type Regrade = (
  graded: CaseFinished & Pick<CaseSummary, 'flow' | 'expectations'> & { readonly trace: CaseTrace },
) => {
  readonly outcome: Outcome
  readonly detail?: string
  readonly tally: Tally
  readonly mismatches: readonly Mismatch[]
}

/** By the grade of the logged attempt: the outcomes that its case may have. */
const FOLLOWING: Readonly<Record<Outcome, ReadonlySet<Outcome>>> = {
  pass: new Set(['pass', 'unexpected-pass']),
  fail: new Set(['fail', 'known-failure', 'flaky']),
  inconclusive: new Set(['inconclusive', 'flaky']),
  flaky: new Set(),
  error: new Set(),
  skipped: new Set(),
  'known-failure': new Set(),
  'unexpected-pass': new Set(),
}

/** Grades every case of a log again from its logged observations; `graded` counts them. */
export function checkGrades(
  events: readonly RunEvent[],
  regrade: Regrade,
): { readonly graded: number; readonly findings: readonly Finding[] } {
  const findings: Finding[] = []
  let graded = 0
  for (const event of events) {
    if (event.type !== 'case-finished') continue
    if (event.trace !== undefined) graded++
    const problem = problemOf(event, regrade)
    if (problem !== undefined)
      findings.push({ check: 'grade', message: `${event.case.name} on ${event.target} ${problem}.` })
  }
  return { graded, findings }
}

function problemOf(event: CaseFinished, regrade: Regrade): string | undefined {
  const { trace, outcome, case: test } = event
  if (trace === undefined) {
    // An attempt that broke has observed nothing; it may have made a case flaky.
    if (outcome === 'error' || outcome === 'flaky') return undefined
    return `is logged as ${outcome} without what was observed`
  }
  const { flow, expectations } = test
  const again = regrade({ ...wholeEvent(event), flow, expectations, trace })
  if (!FOLLOWING[again.outcome].has(outcome))
    return `is logged as ${outcome}, and what was observed comes to ${again.outcome}`
  if (!isDeepStrictEqual(again.tally, event.tally))
    return 'has other counts of verdicts than what was observed comes to'
  if (!isDeepStrictEqual(again.mismatches, event.mismatches))
    return 'has other mismatches than what was observed comes to'
  return undefined
}
