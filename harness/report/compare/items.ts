import { Kind, Tcp, type VerdictName } from '../../model/codes.ts'
import { type ComparedRow, sameCell } from '../../model/comparison.ts'
import { verdictName } from './words.ts'

/** The elements of a ladder, line by line. */
export type LadderItem =
  | {
      readonly type: 'row'
      readonly row: ComparedRow
      /** Relative to the beginning of its side of the connection; undefined: not TCP. */
      readonly seq: number | undefined
    }
  | { readonly type: 'phase'; readonly label: string }
  /** Packets each with one verdict that is the same under every value. */
  | { readonly type: 'same'; readonly packets: number; readonly verdicts: ReadonlyMap<VerdictName, number> }
  /** Packets of one direction with the same verdicts as `row`. */
  | { readonly type: 'like'; readonly packets: number; readonly row: ComparedRow }
  | { readonly type: 'cut'; readonly packets: number }
type RowItem = Extract<LadderItem, { type: 'row' }>

/** Packets that are shown before the first injection or difference. */
const BEFORE = 3
/** Packets shown of a run of equal ones, and how many more there must be for folding. */
const SHOWN = 3
const WORTH_FOLDING = 4

/** Every row, with the names of phases between them. */
export function* allItems(rows: Iterable<ComparedRow>): Generator<LadderItem> {
  const numbers = new SequenceNumbers()
  let phase: string | undefined
  for (const row of rows) {
    if (phase !== undefined && row.phase !== phase) yield { type: 'phase', label: row.phase }
    phase = row.phase
    yield { type: 'row', row, seq: numbers.of(row) }
  }
}

/** Items from a few packets before the first injection or difference on, with runs of equal packets folded, up to `most` lines. */
export function* foldedItems(rows: Iterable<ComparedRow>, most: number): Generator<LadderItem> {
  let lines = 0
  let cut = 0
  for (const item of unboundedItems(rows)) {
    if (++lines <= most) yield item
    else cut += item.type === 'row' ? 1 : item.type === 'phase' ? 0 : item.packets
  }
  if (cut > 0) yield { type: 'cut', packets: cut }
}

function* unboundedItems(rows: Iterable<ComparedRow>): Generator<LadderItem> {
  const before = new Fold()
  const recent: RowItem[] = []
  const run = new Run()
  let phase: string | undefined
  let begun = false
  for (const item of allItems(rows)) {
    if (item.type !== 'row') continue
    const { row } = item
    const newPhase = phase !== undefined && row.phase !== phase
    phase = row.phase
    if (!begun && !newPhase && isSame(row)) {
      recent.push(item)
      const old = recent.length > BEFORE ? recent.shift() : undefined
      if (old !== undefined) before.add(old.row)
      continue
    }
    if (!begun) yield* before.items()
    if (!begun) yield* recent
    begun = true
    if (newPhase) {
      yield* run.end()
      yield { type: 'phase', label: row.phase }
    }
    yield* run.take(item)
  }
  if (begun) yield* run.end()
  else {
    for (const { row } of recent) before.add(row)
    yield* before.items()
  }
}

function isSame({ cells }: ComparedRow): boolean {
  return cells.every((cell) => sameCell(cell, cells[0]))
}

/** A run of rows that are the same under every value, or that differ in one way for each direction. */
class Run {
  readonly #ways = new Map<number, ComparedRow>()
  #same = false
  #shown = 0
  #rest: RowItem[] = []
  #fold = new Fold()

  #goesOn(row: ComparedRow): boolean {
    if (this.#shown === 0) return true
    if (isSame(row) !== this.#same) return false
    if (this.#same) return true
    const way = this.#ways.get(row.direction)
    return way === undefined || way.cells.every((cell, index) => sameCell(cell, row.cells[index]))
  }

  *take(item: RowItem): Generator<LadderItem> {
    if (!this.#goesOn(item.row)) yield* this.end()
    if (this.#shown === 0) this.#same = isSame(item.row)
    if (!this.#ways.has(item.row.direction)) this.#ways.set(item.row.direction, item.row)
    if (this.#shown < SHOWN) {
      this.#shown++
      yield item
      return
    }
    if (this.#rest.length < WORTH_FOLDING) this.#rest.push(item)
    this.#fold.add(item.row)
  }

  *end(): Generator<LadderItem> {
    if (this.#rest.length < WORTH_FOLDING) yield* this.#rest
    else yield* this.#fold.items()
    this.#ways.clear()
    this.#shown = 0
    this.#rest = []
    this.#fold = new Fold()
  }
}

/** Rows that are not shown one by one. */
class Fold {
  #same = 0
  readonly #verdicts = new Map<VerdictName, number>()
  readonly #ways = new Map<number, { packets: number; readonly row: ComparedRow }>()

  add(row: ComparedRow): void {
    if (isSame(row)) {
      const verdict = row.cells[0]?.verdict
      if (verdict === undefined) return
      const name = verdictName(verdict)
      this.#same++
      this.#verdicts.set(name, (this.#verdicts.get(name) ?? 0) + 1)
      return
    }
    const way = this.#ways.get(row.direction)
    if (way === undefined) this.#ways.set(row.direction, { packets: 1, row })
    else way.packets++
  }

  *items(): Generator<LadderItem> {
    if (this.#same > 0) yield { type: 'same', packets: this.#same, verdicts: this.#verdicts }
    for (const { packets, row } of this.#ways.values()) yield { type: 'like', packets, row }
  }
}

/** Sequence numbers counted from the SYN, or from the first packet, of each side of a connection. */
class SequenceNumbers {
  readonly #first = new Map<number, number>()

  of({ kind, flags, flow, direction, seq }: ComparedRow): number | undefined {
    if (kind !== Kind.tcp4 && kind !== Kind.tcp6) return undefined
    const side = flow * 2 + direction
    if ((flags & Tcp.syn) !== 0 || !this.#first.has(side)) this.#first.set(side, seq)
    return (seq - (this.#first.get(side) ?? 0)) >>> 0
  }
}
