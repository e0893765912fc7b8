import { type Paint, painter } from '../../report/paint.ts'
import { wrap } from '../../report/wrap.ts'
import { POLICIES, SHARINGS } from '../../suite/words.ts'
import { type Coverage, type CoveredCell, isGap } from './coverage.ts'

/** A cell with that many cases, or more, has a sign in place of their number. */
const MANY = 10
const RULE = '-'
const GAP = '!'
const LEAD = 34

/** Coverage for people: a row an event, protocol and family, a column a sharing and policy. Line by line. */
export function* coverageText(
  { cells, cases }: Coverage,
  columns: number,
  colour: boolean,
): Generator<string> {
  const paint = painter(colour)
  const empty = cells.filter((cell) => cell.cases === 0)
  const gaps = empty.filter(isGap)
  const share = cells.length === 0 ? 0 : (100 * empty.length) / cells.length
  yield paint(
    'bold',
    wrap(
      `${cases} cases; ${cells.length} cells, ${empty.length} of them empty (${share.toFixed(1)} %): ${empty.length - gaps.length} by a rule, ${gaps.length} gaps`,
      columns,
    ),
  )
  yield ''
  const width = 2 * POLICIES.length + 1
  yield `${' '.repeat(LEAD)}${SHARINGS.map((sharing) => sharing.slice(0, width - 2).padEnd(width)).join('')}`.trimEnd()
  const initials = POLICIES.map((policy) => policy.slice(0, 1)).join(' ')
  yield `${'event'.padEnd(23)}${'flow'.padEnd(LEAD - 23)}${SHARINGS.map(() => initials.padEnd(width)).join('')}`.trimEnd()
  const inRow = POLICIES.length * SHARINGS.length
  for (let from = 0; from < cells.length; from += inRow) {
    const row = cells.slice(from, from + inRow)
    const [{ event, protocol, family } = { event: '', protocol: '', family: '' }] = row
    const drawn = row.map(
      (cell, at) => `${signOf(cell, paint)}${(at + 1) % POLICIES.length === 0 ? '  ' : ' '}`,
    )
    yield `${event.padEnd(23)}${protocol.padEnd(5)}${family.padEnd(LEAD - 28)}${drawn.join('')}`.trimEnd()
  }
  yield ''
  yield wrap(
    ['1 … 9 so many cases', '+ more', `${RULE} empty by a rule`, `${GAP} empty: a gap`],
    columns,
    '',
    ' · ',
  )
  yield wrap(`Columns: ${SHARINGS.join(', ')}, each under ${POLICIES.join(', ')}.`, columns)
  const rules = new Set(empty.flatMap(({ rule }) => (rule === undefined ? [] : [rule])))
  for (const rule of rules) {
    const kept = empty.filter((cell) => cell.rule === rule).length
    const which = [rule.events, rule.sharings, rule.policies, rule.protocols].flatMap((words) =>
      words === undefined ? [] : [words.join(' or ')],
    )
    yield paint('dim', wrap(`${RULE} ${which.join(', ')}, ${kept} cells: ${rule.reason}.`, columns))
  }
}

function signOf(cell: CoveredCell, paint: Paint): string {
  if (cell.cases >= MANY) return paint('green', '+')
  if (cell.cases > 0) return paint('green', String(cell.cases))
  return isGap(cell) ? paint(['bold', 'red'], GAP) : paint('dim', RULE)
}
