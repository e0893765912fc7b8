import { type ComparedRow, type Comparison, sameCell } from '../../model/comparison.ts'
import type { Paint } from '../paint.ts'
import { plain } from '../plain.ts'
import { wrap, wrapItems } from '../wrap.ts'
import { allItems, foldedItems, type LadderItem } from './items.ts'
import { GAP, LANE_GAP, type LadderLayout, type Lane, layOut, lengthOf } from './ladder-layout.ts'
import { ABSENT, cellWords, DIFFERS, DONE, LETTERS, painted, toldWords, VERDICTS } from './words.ts'

/** Most lines of a folded ladder. */
const MOST_LINES = 200

/** A ladder: its layout, and its lines. */
export interface Ladder {
  /** Whether lanes are named by their numbers in the table. */
  readonly numbered: boolean
  readonly lines: () => Generator<string>
}

/** The packets of a comparison one below the other, with one lane for each value. `all`: every packet, from the first on. */
export function makeLadder(comparison: Comparison, width: number, paint: Paint, all: boolean): Ladder {
  const items = () => (all ? allItems(comparison.rows()) : foldedItems(comparison.rows(), MOST_LINES))
  const layout = layOut(comparison, items(), width)
  function* lines(): Generator<string> {
    for (const [index, lanes] of layout.blocks.entries()) {
      if (index > 0) yield ''
      const drawer = new Drawer(layout, lanes, width, paint)
      yield* drawer.heads()
      for (const item of items()) yield* drawer.draw(item)
    }
    yield ''
    yield paint('dim', legend(comparison, layout, width))
  }
  return { numbered: layout.numbered, lines }
}

/** Draws the lines of one block. */
class Drawer {
  readonly #layout: LadderLayout
  readonly #lanes: readonly Lane[]
  readonly #width: number
  readonly #paint: Paint
  /** The column in which the lanes begin. */
  readonly #begin: number

  constructor(layout: LadderLayout, lanes: readonly Lane[], width: number, paint: Paint) {
    this.#layout = layout
    this.#lanes = lanes
    this.#width = width
    this.#paint = paint
    this.#begin = lengthOf(layout.fields)
  }

  *heads(): Generator<string> {
    const { fields } = this.#layout
    const depth = this.#lanes[0]?.heads.length ?? 0
    for (let line = 0; line < depth; line++) {
      const titles = fields.map(({ title, width, left }) => pad(line === depth - 1 ? title : '', width, left))
      const lanes = this.#lanes.map(({ heads, width }) => lane(` ${heads[line] ?? ''}`.padEnd(width)))
      yield this.#paint('bold', `${titles.join(' '.repeat(GAP))}${lanes.join('')}`.trimEnd())
    }
  }

  *draw(item: LadderItem): Generator<string> {
    const paint = this.#paint
    switch (item.type) {
      case 'phase':
        yield paint('bold', `-- ${plain(item.label)} --`)
        return
      case 'row': {
        const { row, seq } = item
        const fields = this.#layout.fields.map(({ of, width, left }) => pad(of(row, seq), width, left))
        yield this.#line(fields.join(' '.repeat(GAP)), row)
        yield* this.#told(row)
        return
      }
      case 'same': {
        const done = [...item.verdicts].map(([verdict, count]) => ({ verdict, count }))
        const words =
          done.length === 1
            ? `${DONE[done[0]?.verdict ?? 'undecided']} by all`
            : `the same in all: ${done.map(({ verdict, count }) => `${count} ${DONE[verdict]}`).join(', ')}`
        yield paint('dim', wrap(`… ${packets(item.packets)} ${words}`, this.#width))
        return
      }
      case 'like': {
        const { row } = item
        yield this.#line(
          `… ${item.packets} more ${row.direction === 0 ? 'c2s' : 's2c'}`.padEnd(this.#begin),
          row,
        )
        yield* this.#told(row)
        return
      }
      case 'cut':
        yield paint(
          'dim',
          wrap(`… ${packets(item.packets)} more: --all shows every one, --json has all.`, this.#width),
        )
    }
  }

  #line(fields: string, { cells }: ComparedRow): string {
    const [reference] = cells
    const { style } = this.#layout
    const lanes = this.#lanes.map(({ cell: index, width }) => {
      const cell = cells[index]
      const differs = !sameCell(cell, reference)
      const words = plain(cellWords(cell, style))
      const mark = differs ? this.#paint(['bold', 'yellow'], DIFFERS) : ' '
      return lane(
        `${mark}${painted(this.#paint, cell?.verdict, words)}${' '.repeat(Math.max(0, width - 1 - words.length))}`,
      )
    })
    return `${fields}${lanes.join('')}`.trimEnd()
  }

  /** A line with the resets about a packet, if there were any. */
  *#told({ cells, packet }: ComparedRow): Generator<string> {
    const { style } = this.#layout
    if (packet < 0 || this.#lanes.every(({ cell }) => (cells[cell]?.told.length ?? 0) === 0)) return
    const lanes = this.#lanes.map(({ cell, width }) =>
      lane(` ${toldWords(cells[cell]?.told ?? [], style)}`.padEnd(width)),
    )
    yield this.#paint('magenta', `${''.padEnd(this.#begin)}${lanes.join('')}`.trimEnd())
  }
}

function packets(count: number): string {
  return `${count} ${count === 1 ? 'packet' : 'packets'}`
}

function pad(text: string, width: number, left: boolean): string {
  return left ? text.padEnd(width) : text.padStart(width)
}

function lane(text: string): string {
  return `${' '.repeat(LANE_GAP)}${text}`
}

/** The meanings of the marks and letters that occur. */
function legend({ columns }: Comparison, { style, numbered, holds }: LadderLayout, width: number): string {
  const index = columns.findIndex(({ played }) => played !== undefined)
  const first = numbered ? `${index + 1}` : plain(columns[index]?.values.join(', ') ?? '')
  const several = columns.filter(({ played }) => played !== undefined).length > 1
  const used = VERDICTS.filter((verdict) => style !== 'words' && holds.verdicts.has(verdict))
  const words = [
    ...(several ? [`${DIFFERS} differs from ${first}`] : []),
    ...(holds.absent ? [`${ABSENT} not offered at that time`] : []),
    ...used.map((verdict) => `${LETTERS[verdict]} ${verdict}`),
    ...(holds.told && style === 'bare' ? ['→c →s →b a reset or ICMP error to client, server, both'] : []),
    ...(holds.told && style === 'letters' ? ['→ a reset or ICMP error to'] : []),
  ]
  return wrap(wrapItems(words, width), width, '', '   ')
}
