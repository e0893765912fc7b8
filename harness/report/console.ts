import { type CaseResult, caseResults } from '../log/cases.ts'
import { groupBy } from '../log/group.ts'
import { summarise } from '../log/summary.ts'
import type { RunEvent } from '../model/run-log.ts'
import { problemList } from './console-problems.ts'
import { disagreements } from './console-provisional.ts'
import { conformanceTable } from './console-table.ts'
import { totalLines } from './console-totals.ts'
import { OUTCOME_ORDER, STYLES } from './outcomes.ts'
import { type Paint, painter } from './paint.ts'
import { plain } from './plain.ts'
import { PLAIN_SCREEN, type Screen } from './screen.ts'
import { wrap } from './wrap.ts'

/**
 * The report for people at a terminal: the conformance tables, then every case that needs a look with expectation and
 * observation side by side, then totals, the sources of the expectations, and what the targets lack.
 */
export function renderConsole(events: readonly RunEvent[], screen: Screen = PLAIN_SCREEN): string {
  const paint = painter(screen.colour)
  const results = caseResults(events)
  const summary = summarise(events, results)
  const width = Math.min(screen.columns, 132)
  const several = new Set(results.map(({ target }) => target)).size > 1
  const tables = [...groupBy(results, ({ target }) => target)].flatMap(([target, ofTarget]) => [
    ...(several ? [paint('bold', `Target ${plain(target)}`)] : []),
    ...[...groupBy(ofTarget, ({ case: test }) => test.suite)].map(([suite, ofSuite]) =>
      conformanceTable(suite, ofSuite, width, paint),
    ),
  ])
  return [
    ...tables,
    ...(results.length === 0 ? [] : [legend(results, width, paint)]),
    problemList(results, width, paint, several),
    disagreements(results, width, paint),
    totalLines(events, summary, width, paint),
  ]
    .filter((part) => part !== '')
    .map((part) => part.trimEnd())
    .join('\n\n')
    .concat('\n')
}

/** The meanings of the marks in the tables. */
function legend(results: readonly CaseResult[], width: number, paint: Paint): string {
  const used = new Set(results.map(({ outcome }) => outcome))
  const items = OUTCOME_ORDER.filter((outcome) => used.has(outcome)).map(
    (outcome) => `${paint(STYLES[outcome].colour, STYLES[outcome].mark)} ${outcome}`,
  )
  return wrap(items, width, '', '   ')
}
