import { formatDuration } from '../../../../support/duration.ts'
import { type Markup, markup } from '../markup.ts'
import type { FoldRow, Row } from './fold.ts'
import { cut, LINE, lengthOf, tenths } from './geometry.ts'
import { type Drawing, packetHeight, packetRow } from './packet.ts'
import { arrow, zigzag } from './shapes.ts'

const HEIGHTS = { emitted: 30, band: 34, silence: 32, fold: 34 }

type Band = Row & { readonly kind: 'band' }

export function heightOf(drawing: Drawing, row: Row): number {
  if (row.kind === 'packet') return packetHeight(drawing, row.index)
  return HEIGHTS[row.kind] + (row.kind === 'band' && isLong(drawing, row) ? LINE : 0)
}

export function rowMarkup(drawing: Drawing, row: Row, top: number): Markup | undefined {
  if (row.kind === 'packet') return packetRow(drawing, row.index, top)
  if (row.kind === 'band') return bandRow(drawing, row, top)
  if (row.kind === 'silence') return silenceRow(drawing, row.micros, top)
  return row.kind === 'fold' ? foldRow(drawing, row, top) : emittedRow(drawing, row.at, top)
}

/** A packet that a host or the load balancer sent on its own, and whether its receiver would take it. */
function emittedRow({ view, geometry }: Drawing, at: number, top: number): Markup | undefined {
  const entry = view.emitted[at]
  if (entry === undefined) return undefined
  const { label, seq, ack, acceptable } = entry
  const { lanes, expected, width } = geometry
  const [from, to] = [lanes[entry.from] ?? 0, lanes[entry.to] ?? 0]
  const numbers = seq === undefined ? '' : `seq ${seq} ack ${ack}, `
  const note = `${numbers}${acceptable ? 'acceptable' : 'would be ignored'}`
  const text = acceptable || expected !== undefined ? label : `${label}, ignored`
  const y = top + 21
  // From the last host to the server there may be no room for the words: then they end at the server.
  const starts = to > from && lengthOf(text) < to - from - 16
  const x = starts ? from + 8 : Math.max(from, to) - 8
  return markup`<g class="emitted${!acceptable && ' ignored'}"><title>${label}, by ${entry.by}: ${note}</title>${arrow(from, to, y)}
<text class="label words" x="${tenths(x)}" y="${y - 6}" text-anchor="${starts ? 'start' : 'end'}">${text}</text>
${expected !== undefined && markup`<text class="words" x="${tenths(expected)}" y="${y + 4}">${cut(note, width - expected)}</text>`}</g>`
}

function isLong({ geometry }: Drawing, { title, text }: Band): boolean {
  return title !== '' && text !== '' && lengthOf(title + text) + 40 > geometry.width
}

/** A phase that begins, or something that happens between packets. */
function bandRow(drawing: Drawing, band: Band, top: number): Markup {
  const { title, text } = band
  const { width } = drawing.geometry
  const room = width - 28
  const rest = isLong(drawing, band)
    ? markup`<tspan x="14" dy="${LINE}">${cut(text, room)}</tspan>`
    : markup`<tspan${title !== '' && markup` dx="10"`}>${cut(text, room - lengthOf(title))}</tspan>`
  return markup`<g class="event"><rect class="band" x="0" y="${top + 5}" width="${width}" height="${heightOf(drawing, band) - 9}"/><rect class="band-edge" x="0" y="${top + 5}" width="3" height="${heightOf(drawing, band) - 9}"/>
<text x="14" y="${top + 22}"><tspan class="band-title">${cut(title, room)}</tspan>${rest}</text></g>`
}

/** A silence that is too long for the scale: the lanes are broken there. */
function silenceRow({ geometry }: Drawing, micros: number, top: number): Markup {
  const { lanes, width } = geometry
  const text = `${formatDuration(micros * 1000)} of silence`
  const x = geometry.time ?? width / 2
  const anchor = geometry.time === undefined ? 'middle' : 'end'
  return markup`<g class="silence"><rect class="gap" x="0" y="${top + 5}" width="${width}" height="22"/>${lanes.map((lane) => zigzag(lane, top + 6))}
<text x="${tenths(x)}" y="${top + 20}" text-anchor="${anchor}">${geometry.time === undefined ? text : formatDuration(micros * 1000)}</text>${geometry.expected !== undefined && markup`<text x="${tenths(geometry.expected)}" y="${top + 20}">${text}</text>`}</g>`
}

/** A folded run, which a click unfolds. */
function foldRow({ view, geometry }: Drawing, { base, from, to }: FoldRow, top: number): Markup {
  const text = `${to - from} more, all ${view.observed[from]}`
  const middle = ((geometry.lanes[0] ?? 0) + (geometry.lanes.at(-1) ?? 0)) / 2
  return markup`<g class="fold" role="button" tabindex="0" data-base="${base}" data-from="${from}" data-count="${to - from}" aria-label="${text}; show them">
<rect x="8" y="${top + 5}" width="${geometry.width - 16}" height="24" rx="3"/>
<text x="${tenths(middle)}" y="${top + 21}" text-anchor="middle">⋯ ${cut(text, geometry.width - 40)}</text></g>`
}
