import { NANOS_PER_SECOND } from '../../model/batch.ts'
import { Direction, nameOf, Reason } from '../../model/codes.ts'
import type { ComparedColumn, ComparedRow, Comparison } from '../../model/comparison.ts'
import { plainJson } from '../../support/steering.ts'
import { contentWords } from '../packet-words.ts'
import { verdictName } from './words.ts'

/** Schema version, raised when a field changes its meaning or is removed. */
const SCHEMA = 1

/** A comparison as one JSON object, in parts because it may have millions of packets. `docs/compare.md` describes its fields. */
export function* comparisonJson(comparison: Comparison, interrupted: boolean): Generator<string> {
  const { capture, injections, axes, damage } = comparison
  const columns = comparison.columns.map((column) => columnOf(axes, column))
  const head = { schema: SCHEMA, capture, injections, axis: axes.join(','), columns }
  const state = { ...(damage === undefined ? {} : { damage }), ...(interrupted ? { interrupted } : {}) }
  yield `${plainJson({ ...head, ...state }).slice(0, -1)},"packets":[`
  const places = placesOf(comparison.columns)
  const expiries: string[] = []
  let separator = '\n'
  for (const row of comparison.rows()) {
    if (row.packet < 0) {
      expiries.push(plainJson(expiryOf(row, places)))
      continue
    }
    yield `${separator}${plainJson(packetOf(row, places))}`
    separator = ',\n'
  }
  yield `\n],"expiries":[${expiries.map((one) => `\n${one}`).join(',')}\n]}\n`
}

function columnOf(axes: readonly string[], { values, played, refused }: ComparedColumn) {
  const named = {
    value: values.join(','),
    values: Object.fromEntries(axes.map((axis, at) => [axis, values[at]])),
  }
  if (played === undefined) return { ...named, refused, totals: null, firstDifference: null, impact: null }
  const { packets, totals, decidedBy, resets, icmp, firstDifference, impact, crowding } = played
  return {
    ...named,
    totals: { packets, ...totals },
    decidedBy,
    resets,
    icmp,
    firstDifference:
      firstDifference === undefined
        ? null
        : { packet: firstDifference.packet || null, time: seconds(firstDifference.time) },
    impact: impact === undefined ? null : { ...impact, after: seconds(impact.after) },
    ...(Object.keys(crowding).length === 0 ? {} : { crowding }),
  }
}

/** By column: the index of its cell in a row; -1: it was not played. */
function placesOf(columns: readonly ComparedColumn[]): readonly number[] {
  let cells = 0
  return columns.map(({ played }) => (played === undefined ? -1 : cells++))
}

function packetOf(
  { packet, time, flow, direction, phase, kind, flags, payload, cells }: ComparedRow,
  places: readonly number[],
) {
  const of = places.map((place) => cells[place])
  return {
    packet: packet === 0 ? null : packet,
    time: seconds(time),
    flow: flow < 0 ? null : flow,
    direction: nameOf(Direction, direction),
    phase,
    what: contentWords(kind, flags, payload),
    verdicts: of.map((cell) => (cell?.verdict === undefined ? null : verdictName(cell.verdict))),
    hosts: of.map((cell) => cell?.by ?? null),
    reasons: of.map((cell) =>
      cell === undefined || cell.reason === Reason.none ? null : nameOf(Reason, cell.reason),
    ),
    ...(cells.every((cell) => (cell?.told.length ?? 0) === 0)
      ? {}
      : { emitted: of.map((cell) => (cell?.told ?? []).map(({ kind: what, to }) => ({ kind: what, to }))) }),
  }
}

/** A reset at expiry, with the columns in which a host sent it. */
function expiryOf({ time, flow, cells }: ComparedRow, places: readonly number[]) {
  const to = cells.find((cell) => cell !== undefined)?.told[0]?.to
  return {
    time: seconds(time),
    flow: flow < 0 ? null : flow,
    to,
    hosts: places.map((place) => cells[place]?.by ?? null),
  }
}

function seconds(nanos: number): number {
  return nanos / NANOS_PER_SECOND
}
