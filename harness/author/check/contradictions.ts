import { gradeCase } from '../../grade/grade.ts'
import type { Case } from '../../model/case.ts'
import type { CaseFinished } from '../../model/run-log.ts'
import type { LoadedSuite } from '../../suite/cases.ts'
import type { Findings } from './finding.ts'

/**
 * Expectations of a case that the reference contradicts, each at its own place. Provisional ones are told too: a suite that its own
 * model contradicts has to say why, by what it tolerates.
 */
export function findContradictions(
  suite: LoadedSuite,
  test: Case,
  { trace, counters, impact, sightings }: CaseFinished,
  findings: Findings,
): void {
  if (trace === undefined) return
  for (const expectation of test.expectations) {
    const graded = { flow: test.flow, trace, counters, impact, sightings, expectations: [expectation] }
    const [mismatch] = gradeCase(graded).mismatches
    if (mismatch === undefined) continue
    const sentence = `The reference contradicts this. ${mismatch.message}`
    findings.add('contradicted', suite, suite.placeOf(expectation).at, sentence, test.name)
  }
}
