import { Direction, type DirectionName, nameOf, type VerdictName } from '../../model/codes.ts'
import { isPlayed, type SweepCell, type SweepMap } from '../../model/sweep.ts'
import { impactWords } from '../impact-words.ts'
import { contentWords } from '../packet-words.ts'
import { disagreements, disputed, fateOf, LETTER_WORDS, nameOfColumn, peersOf } from './fate.ts'

/** A cell as stored in the page. */
export interface CellView {
  readonly letter: string
  /** Another target had another fate. */
  readonly disputed?: true
  /** Why it was not played. */
  readonly detail?: string
  /** Runs of letters, `f11d4`, indices into `SweepView.texts`. */
  readonly verdicts?: number
  readonly by?: number
  readonly next?: Readonly<Partial<Record<DirectionName, VerdictName>>>
  readonly lost?: Readonly<Record<DirectionName, number>>
  /** Number of the packet from which on nothing is lost. */
  readonly recovers?: number
  /** By packet (index, -1: none), what was emitted. */
  readonly told?: readonly (readonly [packet: number, words: string])[]
  readonly impact?: string
}

export interface RowView {
  readonly cells: readonly CellView[]
  /** Axes over which its cells differ. */
  readonly differs: readonly string[]
}

/** The data that the page of a sweep is drawn from. */
export interface SweepView {
  readonly capture: string
  readonly flow: number
  readonly axes: readonly string[]
  readonly columns: readonly {
    readonly name: string
    readonly values: readonly string[]
    readonly options: readonly string[]
  }[]
  readonly packets: readonly {
    readonly number: number
    readonly time: string
    readonly direction: string
    readonly what: string
  }[]
  readonly deciders: readonly string[]
  readonly letters: Readonly<Record<string, string>>
  readonly breaks: readonly { readonly name: string; readonly rows: readonly RowView[] }[]
  readonly texts: readonly string[]
}

const NEVER: SweepCell = { why: 'skipped', detail: 'Not played.' }

/** The view of a sweep. */
export function viewOf(map: SweepMap): SweepView {
  const peers = peersOf(map)
  const texts = new Map<string, number>()
  const text = (letters: string) => {
    const packed = packRuns(letters)
    const known = texts.get(packed) ?? texts.size
    texts.set(packed, known)
    return known
  }
  const breaks = map.breaks.map((name, broken) => ({
    name,
    rows: map.packets.map((_, at): RowView => {
      const row = map.columns.map((__, column) => map.cells[broken]?.[column]?.[at] ?? NEVER)
      const doubted = disputed(map, peers, row)
      return {
        cells: row.map((cell, column) => {
          const seen = cellView(map, column, at, cell, text)
          return doubted.has(column) ? { ...seen, disputed: true } : seen
        }),
        differs: disagreements(map, peers, row),
      }
    }),
  }))
  const used = new Set(
    breaks.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.map(({ letter }) => letter))),
  )
  return {
    capture: map.capture,
    flow: map.flow.id,
    axes: map.axes,
    columns: map.columns.map((column) => ({
      ...{ name: nameOfColumn(column), values: column.values, options: column.options },
    })),
    packets: map.packets.map(({ number, time, direction, kind, flags, payload }) => ({
      number,
      time: (time / 1e9).toFixed(3),
      direction: nameOf(Direction, direction),
      what: contentWords(kind, flags, payload),
    })),
    deciders: map.deciders,
    letters: Object.fromEntries(Object.entries(LETTER_WORDS).filter(([letter]) => used.has(letter))),
    breaks,
    texts: [...texts.keys()],
  }
}

function cellView(
  map: SweepMap,
  column: number,
  at: number,
  cell: SweepCell,
  text: (letters: string) => number,
): CellView {
  const { letter, next, lost, recovers } = fateOf(
    cell,
    map.columns[column]?.unbroken ?? NEVER,
    map.packets,
    at,
  )
  if (!isPlayed(cell)) return { letter, detail: cell.detail }
  const told = cell.told.map(({ packet, kind, to, by }) => {
    const what = kind === 'icmp' ? 'ICMP error' : 'reset'
    return [packet, `${what} to the ${to} by ${by}`] as const
  })
  const impact = cell.impact === undefined ? {} : { impact: impactWords(cell.impact) }
  const again = recovers === undefined ? {} : { recovers: map.packets[recovers]?.number ?? 0 }
  return { letter, verdicts: text(cell.verdicts), by: text(cell.by), next, lost, told, ...again, ...impact }
}

/** `fffd` as `f3d`. */
export function packRuns(letters: string): string {
  return letters.replace(
    /(.)\1+/gsu,
    (run: string, letter: string) => `${letter}${run.length / letter.length}`,
  )
}

/** The letters in the result of `packRuns`. */
export function unpackRuns(packed: string): readonly string[] {
  const letters: string[] = []
  for (const [, letter = '', times] of packed.matchAll(/(\D)(\d*)/gsu))
    for (let left = Number(times || 1); left > 0; left--) letters.push(letter)
  return letters
}
