import { type Paint, painter } from '../../report/paint.ts'
import { wrap } from '../../report/wrap.ts'
import { POLICIES, SHARINGS } from '../../suite/words.ts'
import { type Coverage, type CoveredCell, isGap } from './coverage.ts'

/** A cell with that many cases, or more, has a sign in place of their number. */
const MANY = 10
const RULE = '-'
const GAP = '!'
const LEAD = 34
/** The same where events stand in lines of their own. */
const NARROW_LEAD = 13
const WIDTH = 2 * POLICIES.length + 1

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
  const isWide = LEAD + WIDTH * SHARINGS.length - 2 <= columns
  const fitting = isWide ? SHARINGS.length : Math.max(1, Math.floor((columns - NARROW_LEAD + 2) / WIDTH))
  for (let first = 0; first < SHARINGS.length; first += fitting) {
    yield* rowsOf(cells, SHARINGS.slice(first, first + fitting), isWide, paint)
    yield ''
  }
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

/** A heading and a row for each event, protocol and family, with the columns of some of the sharings. */
function* rowsOf(
  cells: readonly CoveredCell[],
  sharings: readonly string[],
  isWide: boolean,
  paint: Paint,
): Generator<string> {
  const lead = isWide ? LEAD : NARROW_LEAD
  yield `${' '.repeat(lead)}${sharings.map((sharing) => sharing.slice(0, WIDTH - 2).padEnd(WIDTH)).join('')}`.trimEnd()
  const initials = POLICIES.map((policy) => policy.slice(0, 1)).join(' ')
  const head = isWide ? `${'event'.padEnd(23)}flow` : '  flow'
  yield `${head.padEnd(lead)}${sharings.map(() => initials.padEnd(WIDTH)).join('')}`.trimEnd()
  const inRow = POLICIES.length * SHARINGS.length
  let above = ''
  for (let from = 0; from < cells.length; from += inRow) {
    const row = cells.slice(from, from + inRow)
    const [{ event, protocol, family } = { event: '', protocol: '', family: '' }] = row
    if (!isWide && event !== above) yield event
    above = event
    const drawn = row
      .filter(({ sharing }) => sharings.includes(sharing))
      .map((cell, at) => `${signOf(cell, paint)}${(at + 1) % POLICIES.length === 0 ? '  ' : ' '}`)
    const flow = `${isWide ? event.padEnd(23) : '  '}${protocol.padEnd(5)}${family}`
    yield `${flow.padEnd(lead)}${drawn.join('')}`.trimEnd()
  }
}

function signOf(cell: CoveredCell, paint: Paint): string {
  if (cell.cases >= MANY) return paint('green', '+')
  if (cell.cases > 0) return paint('green', String(cell.cases))
  return isGap(cell) ? paint(['bold', 'red'], GAP) : paint('dim', RULE)
}
