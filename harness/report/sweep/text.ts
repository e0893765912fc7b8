import { basename } from 'node:path'
import { Direction, nameOf } from '../../model/codes.ts'
import { isPlayed, type SweepCell, type SweepMap } from '../../model/sweep.ts'
import { counted } from '../../support/counted.ts'
import { largest } from '../../support/largest.ts'
import { contentWords } from '../packet-words.ts'
import { type Paint, painter, type Style } from '../paint.ts'
import { plain } from '../plain.ts'
import type { Screen } from '../screen.ts'
import { wrap, wrapItems } from '../wrap.ts'
import { type Band, bandsOf, headingsOf } from './bands.ts'
import { disagreements, disputed, type Fate, fateOf, LETTER_WORDS, nameOfColumn, peersOf } from './fate.ts'

/** Wider lines are hard to follow. */
const WIDEST = 200
/** Characters for the content of a packet, and those on a screen that is wide enough for more. */
const WHAT_WIDTH = 16
const WIDE_WHAT = 24
const WIDE = 100
/** On a screen that is narrower, packets have no times. */
const NARROW = 60
const DIFFERS = '≠'
const STYLES: Readonly<Record<string, Style>> = {
  '.': 'green',
  c: 'yellow',
  d: 'yellow',
  r: 'yellow',
  a: 'yellow',
  D: ['bold', 'red'],
  H: ['bold', 'red'],
  R: ['bold', 'magenta'],
  X: ['bold', 'magenta'],
  A: 'cyan',
  '?': 'yellow',
  '-': 'dim',
}
const NEVER: SweepCell = { why: 'skipped', detail: 'Not played.' }

interface Row {
  readonly cells: readonly SweepCell[]
  readonly fates: readonly Fate[]
  readonly differs: readonly string[]
  readonly disputed: ReadonlySet<number>
}

/** A sweep for people: for each break one row for each packet with one letter for each column, then totals. Line by line. */
export function* sweepText(map: SweepMap, screen: Screen): Generator<string> {
  const width = Math.min(screen.columns, WIDEST)
  const paint = painter(screen.colour)
  const { capture, flow, packets, columns, breaks } = map
  const ends = `${flow.protocol} ${flow.client} to ${flow.server}`
  const over = `${counted(packets.length, 'packet')}, ${counted(breaks.length, 'break')}, ${counted(columns.length, 'column')}`
  yield paint('bold', wrap(plain(`${basename(capture)}, flow ${flow.id}: ${ends}; ${over}`), width))
  const lead = leadOf(map, width)
  const marks = marksOf(map, width - lead.width)
  const bands = bandsOf(map, width - lead.width - marks.width)
  const peers = peersOf(map)
  const seen = new Set<string>()
  for (const [broken, name] of breaks.entries()) {
    const rows = packets.map((_, at) => rowOf(map, peers, broken, at))
    for (const { letter } of rows.flatMap(({ fates }) => fates)) seen.add(letter)
    for (const band of bands) {
      yield ''
      yield paint('bold', plain(name))
      for (const heading of headingsOf(map, band)) yield `${' '.repeat(lead.width)}${heading}`.trimEnd()
      for (const [at, row] of rows.entries())
        yield `${lead.of(at)}${lineOf(row, band, marks, paint)}`.trimEnd()
    }
  }
  yield ''
  yield* summaryLines(map, paint, width)
  yield ''
  const legend = Object.entries(LETTER_WORDS).filter(([letter]) => seen.has(letter))
  const items = legend.map(([letter, words]) => `${paint(STYLES[letter] ?? 'dim', letter)} ${words}`)
  const legends = [...items, `${DIFFERS} cells of the row differ over that axis${marks.legend}`]
  yield wrap(wrapItems(legends, width), width, '', ' · ')
  for (const note of notesOf(map)) yield paint('dim', wrap(plain(note), width))
}

function rowOf(map: SweepMap, peers: ReturnType<typeof peersOf>, broken: number, at: number): Row {
  const cells = map.columns.map((_, column) => map.cells[broken]?.[column]?.[at] ?? NEVER)
  return {
    cells,
    fates: cells.map((cell, column) => fateOf(cell, map.columns[column]?.unbroken ?? NEVER, map.packets, at)),
    differs: disagreements(map, peers, cells),
    disputed: disputed(map, peers, cells),
  }
}

/** The columns before the cells: number, time, direction and content of a packet. */
function leadOf(
  { packets }: SweepMap,
  width: number,
): { readonly width: number; readonly of: (at: number) => string } {
  const numbers = largest(packets.map(({ number }) => String(number).length))
  const times = largest(packets.map(({ time }) => (time / 1e9).toFixed(3).length))
  const contents = packets.map(({ kind, flags, payload }) => contentWords(kind, flags, payload))
  const what = Math.min(width < WIDE ? WHAT_WIDTH : WIDE_WHAT, largest(contents.map((text) => text.length)))
  return {
    width: numbers + (width < NARROW ? 0 : times + 1) + 2 + what + 6,
    of: (at) => {
      const packet = packets[at]
      if (packet === undefined) return ''
      const { number, time, direction } = packet
      const words = [
        String(number).padStart(numbers),
        ...(width < NARROW ? [] : [(time / 1e9).toFixed(3).padStart(times)]),
        nameOf(Direction, direction),
        (contents[at] ?? '').slice(0, what).padEnd(what),
      ]
      return `${words.join(' ')}   `
    },
  }
}

/** Words for the axes over which rows differ: in full if every column still fits, else their first two letters. */
interface Marks {
  readonly width: number
  readonly of: (axes: readonly string[]) => string
  readonly legend: string
}

function marksOf(map: SweepMap, room: number): Marks {
  const whole = marksWith(map.axes, (axis) => axis)
  if (bandsOf(map, room - whole.width).length === 1) return whole
  const short = marksWith(map.axes, (axis) => axis.slice(0, 2))
  const words = map.axes.map((axis) => `${axis.slice(0, 2)} ${axis}`)
  return { ...short, legend: words.length === 0 ? '' : `: ${words.join(', ')}` }
}

function marksWith(axes: readonly string[], word: (axis: string) => string): Marks {
  const of = (differing: readonly string[]) =>
    differing.length === 0 ? '' : ` ${DIFFERS} ${differing.map(word).join(' ')}`
  return { width: of(axes).length, of, legend: '' }
}

function lineOf({ fates, differs, disputed: doubted }: Row, band: Band, marks: Marks, paint: Paint): string {
  const cells = band.cells.map(({ column, before }) => {
    const letter = fates[column]?.letter ?? '-'
    const style = STYLES[letter] ?? 'dim'
    return `${' '.repeat(before)}${paint(style, letter)}${doubted.has(column) ? DIFFERS : ' '}`
  })
  return `${cells.join('')}${paint('dim', marks.of(differs))}`
}

/** One line for each column: how many cells have which letter. */
function* summaryLines(map: SweepMap, paint: Paint, width: number): Generator<string> {
  const names = map.columns.map((column) => plain(nameOfColumn(column)))
  const longest = Math.max(...names.map((name) => name.length))
  for (const [column, { unbroken }] of map.columns.entries()) {
    const counts = new Map<string, number>()
    for (const [broken] of map.breaks.entries())
      for (const [at, cell] of (map.cells[broken]?.[column] ?? []).entries()) {
        const { letter } = fateOf(cell, unbroken, map.packets, at)
        counts.set(letter, (counts.get(letter) ?? 0) + 1)
      }
    const parts = Object.keys(LETTER_WORDS).flatMap((letter) => {
      const count = counts.get(letter)
      return count === undefined ? [] : [`${paint(STYLES[letter] ?? 'dim', letter)} ${count}`]
    })
    const name = `${(names[column] ?? '').padEnd(longest)}  `
    const told = wrap(parts, width - name.length, '', '  ').replaceAll('\n', `\n${' '.repeat(name.length)}`)
    yield (name + told).trimEnd()
  }
}

/** What a reader must know besides the letters, one sentence each, without repetition. */
function notesOf(map: SweepMap): ReadonlySet<string> {
  const notes = new Set<string>()
  for (const column of map.columns) {
    const { unbroken } = column
    if (!isPlayed(unbroken)) notes.add(`${nameOfColumn(column)}: ${unbroken.detail}`)
    else {
      const missing = map.packets.filter((_, at) => !'f-'.includes(unbroken.verdicts[at] ?? '-'))
      const numbers = missing.map(({ number }) => number).join(', ')
      if (missing.length > 0)
        notes.add(`${nameOfColumn(column)}: without a break packets ${numbers} do not come out either.`)
    }
  }
  for (const [broken, name] of map.breaks.entries())
    for (const [column, row] of (map.cells[broken] ?? []).entries())
      for (const [at, cell] of row.entries())
        if (!isPlayed(cell) && isPlayed(map.columns[column]?.unbroken))
          notes.add(
            cell.why === 'impossible'
              ? `${name} before packet ${map.packets[at]?.number}: ${cell.detail}`
              : `${name}, ${cell.why}: ${cell.detail}`,
          )
  return notes
}
