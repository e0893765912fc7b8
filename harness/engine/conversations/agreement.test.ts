import { table } from 'table'
import { CLASSES } from './conversation.test.ts'
import type { JudgedFrame } from './judged.test.ts'

interface Cell {
  all: number
  equal: number
}

/** Agreement by class of packet and real verdict as a table: in-order data must not hide the rest. */
export function agreementTable(judged: readonly JudgedFrame[]): string {
  const verdicts = [...new Set(judged.map(({ theirs }) => theirs))].sort()
  const cells = new Map<string, Cell>()
  for (const { frame, theirs, equal } of judged)
    for (const key of [`${frame.kind} ${theirs}`, `${frame.kind} all`, `all ${theirs}`, 'all all'])
      count(cells, key, equal)
  const columns = [...verdicts, 'all']
  const rows = [...CLASSES, 'all'].map((kind) => [
    kind,
    ...columns.map((column) => words(cells.get(`${kind} ${column}`))),
  ])
  return table([['class', ...columns], ...rows], {
    drawHorizontalLine: (at, size) => at < 2 || at >= size - 1,
  })
}

function count(cells: Map<string, Cell>, key: string, equal: boolean): void {
  const cell = cells.get(key) ?? { all: 0, equal: 0 }
  cell.all++
  if (equal) cell.equal++
  cells.set(key, cell)
}

function words(cell: Cell | undefined): string {
  return cell === undefined ? '' : cell.all === cell.equal ? `${cell.all}` : `${cell.equal} of ${cell.all}`
}
