import { stripVTControlCharacters } from 'node:util'
import { table } from 'table'
import type { CaseResult } from '../log/cases.ts'
import { groupBy } from '../log/group.ts'
import { largest } from '../support/largest.ts'
import { axesOf } from './axes.ts'
import { shortName } from './names.ts'
import { STYLES } from './outcomes.ts'
import type { Paint } from './paint.ts'
import { plain } from './plain.ts'

/** From this number of rows on, rows that only passed are folded into one. */
const LONG = 40
/** The least width of the column of case names, and what a column of marks takes besides its title. */
const NAME_LEAST = 24
const CELL_LEAST = 6
const PADDING = 2

interface Column {
  readonly title: string
  readonly holds: (result: CaseResult) => boolean
}

/**
 * The conformance table of a suite on a target, at most `width` wide: one row for each case, one column for each value of the axis with
 * most values that fits, and in each cell the marks of its cases.
 */
export function conformanceTable(
  suite: string,
  results: readonly CaseResult[],
  width: number,
  paint: Paint,
): string {
  const columns = columnsOf(results, width - NAME_LEAST)
  const cells = (name: string, group: readonly CaseResult[]): string[] => [
    name,
    ...columns.map(({ holds }) => marksOf(group.filter(holds), paint)),
  ]
  const groups = [...groupBy(results, ({ case: test }) => shortName(test))]
  const shown = groups.length < LONG ? groups : groups.filter(([, group]) => !group.every(passed))
  const folded = groups.length < LONG ? [] : groups.filter(([, group]) => group.every(passed))
  const titles = columns.map(({ title }) => paint('dim', plain(title)))
  return layOut(
    [
      [paint('bold', plain(suite)), ...titles],
      ...shown.map(([name, group]) => cells(plain(name), group)),
      ...(folded.length === 0
        ? []
        : [
            cells(
              paint('dim', `… ${folded.length} more that passed`),
              folded.flatMap(([, group]) => group),
            ),
          ]),
    ],
    width,
  )
}

function passed({ outcome }: CaseResult): boolean {
  return outcome === 'pass'
}

function columnsOf(results: readonly CaseResult[], width: number): readonly Column[] {
  for (const { name, values } of axesOf(results)) {
    const columns: Column[] = values.map((value) => ({
      title: value,
      holds: ({ case: test }) => test.axes[name] === value,
    }))
    if (results.some(({ case: test }) => test.axes[name] === undefined))
      columns.push({ title: `no ${name}`, holds: ({ case: test }) => test.axes[name] === undefined })
    const needed = columns.map(({ title }) => Math.max(CELL_LEAST, title.length) + PADDING)
    if (needed.reduce((sum, one) => sum + one, 0) <= width) return columns
  }
  return [{ title: 'outcome', holds: () => true }]
}

/** `✓`, or for several cases `✗ 1  ✓ 3`, the worst first. */
function marksOf(results: readonly CaseResult[], paint: Paint): string {
  return [...groupBy(results, ({ outcome }) => outcome).values()]
    .flatMap((of) => (of[0] === undefined ? [] : [{ ...STYLES[of[0].outcome], count: of.length }]))
    .sort((a, b) => b.rank - a.rank)
    .map(({ mark, colour, count }) => paint(colour, results.length === 1 ? mark : `${mark} ${count}`))
    .join('  ')
}

function layOut(rows: readonly (readonly string[])[], width: number): string {
  const others = rows.map(([, ...cells]) => cells.reduce((sum, cell) => sum + shownLength(cell) + PADDING, 0))
  const names = largest(rows.map(([name]) => shownLength(name ?? '')))
  const room = Math.max(NAME_LEAST - PADDING, width - largest(others) - PADDING)
  return table(
    rows.map((row) => [...row]),
    {
      border: { joinBody: '─', joinLeft: '', joinRight: '', joinJoin: '─' },
      columnDefault: { paddingLeft: 0, paddingRight: PADDING },
      columns: { 0: { width: Math.min(names, room) } },
      drawVerticalLine: () => false,
      drawHorizontalLine: (index) => index === 1,
    },
  ).replace(/ +$/gm, '')
}

/** Characters without the escape sequences of colours. */
function shownLength(text: string): number {
  return stripVTControlCharacters(text).length
}
