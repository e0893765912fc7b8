import { Verdict, type VerdictName } from '../../model/codes.ts'
import type { Comparison, PlayedColumn } from '../../model/comparison.ts'
import { impactWords } from '../impact-words.ts'
import type { Paint } from '../paint.ts'
import { plain } from '../plain.ts'
import { endCounts, painted, stamp, VERDICTS } from './words.ts'

/** In a cell: there is nothing to say. */
export const NOTHING = '–'

/** A column of the table, after those of the axes. */
export interface Field {
  readonly title: string
  readonly right: boolean
  /** Whether its cells may be broken over lines if there is little room. */
  readonly flexible: boolean
  readonly of: (played: PlayedColumn) => string
}

/** The columns of the table; `without`: verdicts without a column. */
export function tableFields(
  { columns }: Comparison,
  without: readonly VerdictName[],
  paint: Paint,
): readonly Field[] {
  const played = columns.flatMap((column) => (column.played === undefined ? [] : [column.played]))
  const [reference] = played
  const counts = VERDICTS.filter((verdict) => !without.includes(verdict)).map((verdict) => ({
    title: verdict,
    right: true,
    flexible: false,
    of: ({ totals }: PlayedColumn) =>
      totals[verdict] === 0 ? '0' : painted(paint, Verdict[verdict], String(totals[verdict])),
  }))
  const words = (title: string, of: Field['of']): Field => ({ title, right: false, flexible: true, of })
  return [
    ...counts,
    {
      title: 'differs at',
      right: false,
      flexible: true,
      of: (one) => (one === reference ? NOTHING : differenceWords(one)),
    },
    words('decided by', ({ decidedBy }) =>
      Object.entries(decidedBy)
        .map(([host, packets]) => `${plain(host)}:${packets}`)
        .join(' '),
    ),
    words('resets to', ({ resets, icmp }) => {
      const errors = endCounts(icmp)
      return [endCounts(resets), ...(errors === undefined ? [] : [`ICMP ${errors}`])]
        .filter((part) => part !== undefined)
        .join(' ')
        .replace(/^$/, NOTHING)
    }),
    ...(played.some(({ impact }) => impact !== undefined)
      ? [words('impact', ({ impact }) => (impact === undefined ? '' : impactWords(impact)))]
      : []),
  ]
}

function differenceWords({ firstDifference }: PlayedColumn): string {
  if (firstDifference === undefined) return 'same'
  const { packet, time } = firstDifference
  return packet > 0 ? `packet ${packet}` : `${stamp(time)} s`
}
