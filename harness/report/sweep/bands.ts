import type { SweepMap } from '../../model/sweep.ts'
import { plain } from '../plain.ts'

/** Characters of a cell: its letter, and a mark if targets differ. */
const CELL = 2

/** Columns that are side by side on a screen. */
export interface Band {
  readonly cells: readonly {
    readonly column: number
    /** Blanks before it. */
    readonly before: number
  }[]
}

/** The columns of a map in as many bands as the width requires; gaps separate groups by all values except the last. */
export function bandsOf({ columns }: Pick<SweepMap, 'columns'>, width: number): readonly Band[] {
  const bands: { column: number; before: number }[][] = []
  let used = Number.POSITIVE_INFINITY
  let group = ''
  for (const [column, { values }] of columns.entries()) {
    const own = values.slice(0, -1).join('\0')
    const fits = used + (own === group ? 0 : 1) + CELL <= width
    const before = fits && own !== group ? 1 : 0
    if (!fits) {
      bands.push([])
      used = 0
    }
    bands.at(-1)?.push({ column, before })
    used += before + CELL
    group = own
  }
  return bands.map((cells) => ({ cells }))
}

/** Lines above a band: each value over the group of columns that have it; for the last axis its first letters. */
export function headingsOf(
  { axes, columns }: Pick<SweepMap, 'axes' | 'columns'>,
  { cells }: Band,
): readonly string[] {
  return axes.map((_, axis) => {
    let line = ''
    let at = 0
    let last = ''
    for (const { column, before } of cells) {
      at += before
      const values = columns[column]?.values ?? []
      const key = values.slice(0, axis + 1).join('\0')
      if (key !== last) {
        const room = roomAfter(cells, columns, column, axis, axes.length)
        line = `${line.padEnd(at)}${shortened(plain(values[axis] ?? ''), room)}`
        last = key
      }
      at += CELL
    }
    return line
  })
}

/** How many characters a value may take from its first column on. */
function roomAfter(
  cells: Band['cells'],
  columns: SweepMap['columns'],
  from: number,
  axis: number,
  axes: number,
): number {
  const key = columns[from]?.values.slice(0, axis + 1).join('\0')
  // The letters of the last axis are separate; after a group there is a gap.
  let room = axis === axes - 1 ? -1 : 0
  for (const { column, before } of cells) {
    if (column < from) continue
    if (columns[column]?.values.slice(0, axis + 1).join('\0') !== key) break
    room += CELL + (column === from ? 0 : before)
  }
  return Math.max(1, room)
}

function shortened(text: string, room: number): string {
  return text.length <= room ? text : text.slice(0, room)
}
