import { stripVTControlCharacters } from 'node:util'
import { table } from 'table'
import type { VerdictName } from '../../model/codes.ts'
import type { Comparison } from '../../model/comparison.ts'
import type { Paint } from '../paint.ts'
import { plain } from '../plain.ts'
import { wrap } from '../wrap.ts'
import { type Field, NOTHING, tableFields } from './fields.ts'

/** Characters between columns, and when there is little room. */
const GAP = 2
const NARROW_GAP = 1
const INDENT = '  '
/** Rare verdicts: if there is little room, they get no column that would contain only zeros. */
const RARE: readonly VerdictName[] = ['answered', 'undecided']

/** The table, and the verdicts without a column because no packet got them. */
export interface SummaryTable {
  readonly text: string
  readonly without: readonly VerdictName[]
}

/**
 * One row for each value: how many packets got which verdict, where it first differs from the first value, who decided, who was sent
 * resets, and the impact; or why it could not be played. `numbered`: rows have numbers, by which the ladder refers to them.
 */
export function summaryTable(
  comparison: Comparison,
  width: number,
  paint: Paint,
  numbered: boolean,
): SummaryTable {
  const zeros = RARE.filter((verdict) =>
    comparison.columns.every(({ played }) => (played?.totals[verdict] ?? 0) === 0),
  )
  const whole = layOut(comparison, tableFields(comparison, [], paint), paint, numbered)
  if (whole.natural <= width) return { text: whole.draw(width), without: [] }
  const fields = tableFields(comparison, zeros, paint)
  const less = layOut(comparison, fields, paint, numbered)
  const fits = less.least <= width
  return {
    text: fits ? less.draw(width) : listed(comparison, fields, width, paint, numbered),
    without: zeros,
  }
}

/** Each value with what a row would hold, below each other: for screens that are too narrow for any table. */
function listed(
  { columns }: Comparison,
  fields: readonly Field[],
  width: number,
  paint: Paint,
  numbered: boolean,
): string {
  return columns
    .map(({ values, played, refused }, index) => {
      const title = `${numbered ? `${index + 1} ` : ''}${values.map(plain).join(', ')}`
      const items = fields.flatMap(({ title, of }) => {
        const cell = played === undefined ? NOTHING : of(played)
        return cell === NOTHING ? [] : [`${title} ${cell}`]
      })
      return [
        paint('bold', wrap(title, width)),
        played === undefined
          ? wrap(paint('yellow', plain(refused ?? '')), width, INDENT)
          : items.map((item) => wrap(item, width, INDENT)).join('\n'),
      ].join('\n')
    })
    .join('\n')
}

function layOut(comparison: Comparison, fields: readonly Field[], paint: Paint, numbered: boolean) {
  const { axes, columns } = comparison
  const heads = [...(numbered ? ['#'] : []), ...axes.map(plain), ...fields.map(({ title }) => title)]
  const leading = heads.length - fields.length
  const rows = columns.map(({ values, played, refused }, index) => {
    const lead = [...(numbered ? [String(index + 1)] : []), ...values.map(plain)]
    if (played !== undefined) return [...lead, ...fields.map(({ of }) => of(played))]
    return [...lead, paint('yellow', plain(refused ?? '')), ...fields.slice(1).map(() => '')]
  })
  /** The width of each column; a reason spans several columns and takes the room that there is. */
  const takes = (length: (text: string) => number) =>
    heads.map((head, at) =>
      Math.max(
        length(head),
        ...columns.map(({ played }, index) =>
          played === undefined && at >= leading ? 0 : length(rows[index]?.[at] ?? ''),
        ),
      ),
    )
  const natural = takes(shownLength)
  const flexible = (at: number) => fields[at - leading]?.flexible === true
  const draw = (widths: readonly number[], gap: number): string =>
    table([heads.map((head) => paint('bold', head)), ...rows], {
      border: { joinBody: '─', joinLeft: '', joinRight: '', joinJoin: '─' },
      columnDefault: { paddingLeft: 0, paddingRight: gap, wrapWord: true },
      columns: widths.map((width, at) => ({
        width,
        alignment: fields[at - leading]?.right === true ? 'right' : 'left',
      })),
      spanningCells: columns.flatMap(({ played }, index) =>
        played === undefined
          ? [{ row: index + 1, col: leading, colSpan: fields.length, alignment: 'left' }]
          : [],
      ),
      drawVerticalLine: () => false,
      drawHorizontalLine: (index) => index === 1,
    })
      .replace(/ +$/gm, '')
      .replaceAll(/^─+$/gm, (line) => line.slice(gap))
  const least = takes(longestWord)
  return {
    natural: total(natural, GAP),
    /** The width below which it cannot be drawn. */
    least: total(narrowed(natural, least, Number.POSITIVE_INFINITY, flexible), NARROW_GAP),
    draw: (width: number): string => {
      const widths = narrowed(natural, least, total(natural, GAP) - width, flexible)
      if (total(widths, GAP) <= width) return draw(widths, GAP)
      return draw(narrowed(natural, least, total(natural, NARROW_GAP) - width, flexible), NARROW_GAP)
    },
  }
}

function total(widths: readonly number[], gap: number): number {
  return widths.reduce((sum, one) => sum + one, (widths.length - 1) * gap)
}

/** Takes `over` characters from the flexible columns, the widest first, down to the least width of each. */
function narrowed(
  natural: readonly number[],
  least: readonly number[],
  over: number,
  flexible: (at: number) => boolean,
): readonly number[] {
  const widths = [...natural]
  for (let left = over; left > 0; left--) {
    let widest = -1
    for (const [at, width] of widths.entries())
      if (flexible(at) && width > (least[at] ?? 0) && width >= (widths[widest] ?? 0)) widest = at
    if (widest < 0) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

function longestWord(text: string): number {
  return Math.max(...text.split(' ').map(shownLength))
}

/** Characters without the escape sequences of colours. */
function shownLength(text: string): number {
  return stripVTControlCharacters(text).length
}
