import { Direction, nameOf } from '../../model/codes.ts'
import { isPlayed, type SweepCell, type SweepMap } from '../../model/sweep.ts'
import { plainJson } from '../../support/steering.ts'
import { contentWords } from '../packet-words.ts'
import { disagreements, fateOf, peersOf } from './fate.ts'

/** The fields of a sweep apart from its cells, for JSON (docs/sweep.md). */
function sweepHead(map: SweepMap): Readonly<Record<string, unknown>> {
  const { capture, flow, endpoints, axes, breaks, packets, columns } = map
  return {
    schema: 1,
    capture,
    flow: { id: flow.id, protocol: flow.protocol, client: flow.client, server: flow.server },
    endpoints,
    axes,
    breaks,
    columns: columns.map(({ target, values, unbroken }) => ({
      target,
      values: Object.fromEntries(axes.map((axis, at) => [axis, values[at]])),
      ...(isPlayed(unbroken)
        ? { unbroken: unbroken.verdicts }
        : { unbroken: null, refused: unbroken.detail }),
    })),
    packets: packets.map(({ number, time, direction, kind, flags, payload }) => ({
      packet: number,
      time: time / 1e9,
      direction: nameOf(Direction, direction),
      what: contentWords(kind, flags, payload),
    })),
  }
}

/** One cell at a time, in the order of breaks, packets and columns. */
function* sweepCells(map: SweepMap): Generator<Readonly<Record<string, unknown>>> {
  const peers = peersOf(map)
  for (const [broken, name] of map.breaks.entries())
    for (const [at, { number }] of map.packets.entries()) {
      const row = map.columns.map((_, column) => map.cells[broken]?.[column]?.[at] ?? NEVER)
      const differs = disagreements(map, peers, row)
      for (const [column, cell] of row.entries())
        yield { break: name, packet: number, column, ...fieldsOf(map, column, at, cell), differs }
    }
}

const NEVER: SweepCell = { why: 'skipped', detail: 'Not played.' }

function fieldsOf(
  map: SweepMap,
  column: number,
  at: number,
  cell: SweepCell,
): Readonly<Record<string, unknown>> {
  if (!isPlayed(cell)) return { letter: fateOf(cell, cell, map.packets, at).letter, [cell.why]: cell.detail }
  const unbroken = map.columns[column]?.unbroken ?? NEVER
  const { letter, next, lost, recovers } = fateOf(cell, unbroken, map.packets, at)
  const { impact } = cell
  return {
    letter,
    next: { c2s: next.c2s ?? null, s2c: next.s2c ?? null },
    lost,
    recovers: recovers === undefined ? null : (map.packets[recovers]?.number ?? null),
    verdicts: cell.verdicts,
    emitted: cell.told.map(({ packet, kind, to, by }) => ({
      packet: map.packets[packet]?.number ?? null,
      ...{ kind, to, by },
    })),
    ...(impact === undefined ? {} : { impact: { ...impact, after: impact.after / 1e9 } }),
  }
}

/** One JSON object, in parts. */
export function* sweepJson(map: SweepMap): Generator<string> {
  yield `${plainJson(sweepHead(map)).slice(0, -1)},"cells":[`
  let separator = ''
  for (const cell of sweepCells(map)) {
    yield `${separator}\n${plainJson(cell)}`
    separator = ','
  }
  yield '\n]}\n'
}

/** One JSON object on each line: the sweep without its cells, then its cells. */
export function* sweepLines(map: SweepMap): Generator<string> {
  yield `${plainJson({ type: 'sweep', ...sweepHead(map) })}\n`
  for (const cell of sweepCells(map)) yield `${plainJson({ type: 'cell', ...cell })}\n`
}
