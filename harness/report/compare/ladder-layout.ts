import { Direction, nameOf, type VerdictName } from '../../model/codes.ts'
import type { ComparedColumn, ComparedRow, Comparison } from '../../model/comparison.ts'
import { contentWords } from '../packet-words.ts'
import { plain } from '../plain.ts'
import type { LadderItem } from './items.ts'
import { type CellStyle, cellWords, stamp, toldWords, verdictName } from './words.ts'

/** A column of the ladder: its heading, and which of the rows' cells it shows. */
export interface Lane {
  /** One line for each axis. */
  readonly heads: readonly string[]
  readonly cell: number
  readonly width: number
}

/** The layout of a ladder; if not all lanes fit side by side, there are several blocks one below the other, with the first lane in each. */
export interface LadderLayout {
  readonly style: CellStyle
  /** Whether lanes are named by their numbers in the table. */
  readonly numbered: boolean
  readonly fields: readonly Field[]
  readonly blocks: readonly (readonly Lane[])[]
  /** What its cells contain, for the legend. */
  readonly holds: Holds
}

/** Kinds of cells. */
export interface Holds {
  readonly verdicts: ReadonlySet<VerdictName>
  /** Whether some cell is empty. */
  readonly absent: boolean
  /** Whether a reset or ICMP error was sent about some packet. */
  readonly told: boolean
}

/** A field before the lanes. */
export interface Field {
  readonly title: string
  readonly width: number
  readonly left: boolean
  readonly of: (row: ComparedRow, seq: number | undefined) => string
}

const STYLES = ['words', 'letters', 'bare'] as const
/** Characters between fields, and before each lane; a lane's first character is the mark of a difference. */
export const GAP = 2
export const LANE_GAP = 1

/** Finds the widest layout that fits. */
export function layOut(comparison: Comparison, items: Iterable<LadderItem>, width: number): LadderLayout {
  const { columns } = comparison
  const played = columns.flatMap((column, index) => (column.played === undefined ? [] : [{ column, index }]))
  const measured = measure(items, played.length)
  const fields = (withSeq: boolean): readonly Field[] =>
    FIELDS.filter(({ title }) => {
      if (title === 'flow') return measured.flows
      return title !== 'seq' || (withSeq && (measured.fields.get('seq') ?? 0) > 0)
    }).map((field) => ({
      ...field,
      width: Math.max(field.title.length, measured.fields.get(field.title) ?? 0),
    }))
  const lanes = (style: CellStyle, numbered: boolean): Lane[] =>
    played.map(({ column, index }, cell) => {
      const heads = headsOf(column, index, numbered)
      const widest = Math.max(...heads.map(({ length }) => length), measured.cells[style][cell] ?? 0)
      return { heads, cell, width: 1 + widest }
    })
  const choices = [
    ...(['words', 'letters'] as const).map((style) => ({ style, seq: true, numbered: false })),
    ...(['words', 'letters'] as const).map((style) => ({ style, seq: false, numbered: false })),
    { style: 'letters', seq: true, numbered: true },
    { style: 'letters', seq: false, numbered: true },
    { style: 'bare', seq: false, numbered: true },
  ] as const
  for (const { style, seq, numbered } of choices) {
    const all = lanes(style, numbered)
    const chosen = fields(seq)
    if (lengthOf(chosen) + lengthOfLanes(all) <= width)
      return { style, numbered, fields: chosen, blocks: [all], holds: measured.holds }
  }
  const chosen = fields(false)
  const blocks = inBlocks(lanes('bare', true), width - lengthOf(chosen))
  return { style: 'bare', numbered: true, fields: chosen, blocks, holds: measured.holds }
}

const FIELDS: readonly Omit<Field, 'width'>[] = [
  { title: '#', left: false, of: ({ packet }) => (packet > 0 ? String(packet) : packet === 0 ? '+' : '*') },
  { title: 'time', left: false, of: ({ time }) => stamp(time) },
  { title: 'flow', left: false, of: ({ flow }) => (flow < 0 ? '-' : String(flow)) },
  { title: 'dir', left: true, of: ({ direction }) => nameOf(Direction, direction) },
  { title: 'packet', left: true, of: whatOf },
  { title: 'seq', left: false, of: (_row, seq) => (seq === undefined ? '' : String(seq)) },
]

function whatOf({ packet, kind, flags, payload }: ComparedRow): string {
  return packet < 0 ? 'RST, session expired' : contentWords(kind, flags, payload)
}

function headsOf({ values }: ComparedColumn, index: number, numbered: boolean): readonly string[] {
  return numbered ? [String(index + 1)] : values.map(plain)
}

interface Measured {
  readonly fields: Map<string, number>
  readonly cells: Readonly<Record<CellStyle, number[]>>
  /** Whether there is more than one flow. */
  flows: boolean
  readonly holds: { readonly verdicts: Set<VerdictName>; absent: boolean; told: boolean }
}

/** Measures the widths of everything. */
function measure(items: Iterable<LadderItem>, columns: number): Measured {
  const zeros = () => new Array<number>(columns).fill(0)
  const measured: Measured = {
    fields: new Map(),
    cells: { words: zeros(), letters: zeros(), bare: zeros() },
    flows: false,
    holds: { verdicts: new Set(), absent: false, told: false },
  }
  const { holds } = measured
  let flow: number | undefined
  for (const item of items) {
    if (item.type !== 'row' && item.type !== 'like') continue
    const { row } = item
    if (item.type === 'row') {
      flow ??= row.flow
      measured.flows ||= row.flow !== flow
      for (const { title, of } of FIELDS)
        measured.fields.set(title, Math.max(measured.fields.get(title) ?? 0, of(row, item.seq).length))
    }
    for (const [index, cell] of row.cells.entries()) {
      holds.absent ||= cell === undefined
      holds.told ||= row.packet >= 0 && cell !== undefined && cell.told.length > 0
      if (cell?.verdict !== undefined) holds.verdicts.add(verdictName(cell.verdict))
      for (const style of STYLES) {
        const told = cell === undefined ? '' : toldWords(cell.told, style)
        const length = Math.max(cellWords(cell, style).length, told.length)
        measured.cells[style][index] = Math.max(measured.cells[style][index] ?? 0, length)
      }
    }
  }
  return measured
}

/** The width of fields, with gaps between them. */
export function lengthOf(fields: readonly Field[]): number {
  return fields.reduce((sum, { width }) => sum + width, (fields.length - 1) * GAP)
}

function lengthOfLanes(lanes: readonly Lane[]): number {
  return lanes.reduce((sum, { width }) => sum + LANE_GAP + width, 0)
}

/** Blocks of the first lane with as many others as there is room for, at least one. */
function inBlocks(lanes: readonly Lane[], room: number): readonly (readonly Lane[])[] {
  const [first, ...others] = lanes
  if (first === undefined) return []
  const blocks: Lane[][] = []
  for (const lane of others) {
    const block = blocks.at(-1)
    if (block !== undefined && lengthOfLanes([...block, lane]) <= room) block.push(lane)
    else blocks.push([first, lane])
  }
  return blocks.length === 0 ? [[first]] : blocks
}
