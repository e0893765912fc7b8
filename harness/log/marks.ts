import type { Level } from '../model/case.ts'
import type { Mark } from '../model/setup.ts'
import type { CaseResult } from './cases.ts'

/** Provenance marks, the firmest first. */
export const MARKS: readonly Mark[] = ['DOC', 'SRC', 'SEED', 'RUN', 'MEM', 'INF']

/**
 * How many verdicts were compared with expectations of each mark. If the expectations of a case at one level rest on several
 * marks, all its verdicts of that level count under the weakest, because the log has verdicts only by level.
 */
export function marksOf(results: readonly CaseResult[]): Readonly<Record<Mark, number>> {
  const marks: Record<Mark, number> = { DOC: 0, SRC: 0, SEED: 0, RUN: 0, MEM: 0, INF: 0 }
  for (const { case: test, finished } of results) {
    if (finished === undefined) continue
    const weakest = new Map<Level, Mark>()
    for (const { level, provenance } of test.expectations) {
      const before = weakest.get(level)
      if (before === undefined || MARKS.indexOf(provenance.mark) > MARKS.indexOf(before))
        weakest.set(level, provenance.mark)
    }
    for (const [level, mark] of weakest) marks[mark] += finished.tally[level].checked
  }
  return marks
}
