/** @import { TraceView } from '../view.ts' */
/** @import { BandRow, FoldRow, Row } from './fold.js' */
/** @import { Drawing } from './packet.js' */
import { rowsOf } from './fold.js'
import { cut, geometryOf, LINE, lengthOf, tenths } from './geometry.js'
import { markup } from './markup.js'
import { packetHeight, packetRow } from './packet.js'
import { arrow } from './shapes.js'

const HEIGHTS = { emitted: 26, band: 30, fold: 28 }
const HEAD_HEIGHT = 26

/**
 * The names of lanes and columns, above a ladder.
 * @param {TraceView} trace
 * @param {number} width
 */
export function ladderHead(trace, width) {
  const { lanes, number, time, expected, observed } = geometryOf(width, trace.lanes.length)
  const step = (lanes[1] ?? 0) - (lanes[0] ?? 0)
  const names = trace.lanes.map((name, lane) => {
    const inner = lane > 0 && lane < trace.lanes.length - 1
    return markup`<text x="${tenths(lanes[lane] ?? 0)}" y="17" class="lane-name" text-anchor="middle">${inner ? cut(name, step - 6) : name}</text>`
  })
  const columns = markup`<text x="${number}" y="17" text-anchor="end">#</text>
${time !== undefined && markup`<text x="${time}" y="17" text-anchor="end">time, s</text>`}
${expected !== undefined && markup`<text x="${tenths(expected)}" y="17">expected</text><text x="${tenths(observed)}" y="17">observed</text>`}`
  return markup`<svg class="ladder-head" width="${width}" height="${HEAD_HEIGHT}" aria-hidden="true">${columns}${names}</svg>`
}

/**
 * The ladder of a trace as one SVG: client, load balancer, hosts and server are lanes, time goes down.
 * @param {TraceView} trace
 * @param {readonly string[]} words
 * @param {number} width
 * @param {ReadonlyMap<number, number>} opened see `rowsOf`
 */
export function ladder(trace, words, width, opened) {
  const geometry = geometryOf(width, trace.lanes.length)
  const drawing = { trace, words, geometry }
  let y = 4
  const rows = rowsOf(trace, opened).map((row) => {
    const drawn = rowMarkup(drawing, row, y)
    y += heightOf(drawing, row)
    return drawn
  })
  const lanes = geometry.lanes.map((x, lane) => {
    const outer = lane === 0 || lane === geometry.lanes.length - 1
    return markup`<path class="lane${outer && ' end'}" d="M${tenths(x)} 0V${y + 6}"/>`
  })
  const title = `Ladder of ${trace.number.length} packets between ${trace.lanes.join(', ')}`
  return markup`<svg class="ladder" width="${width}" height="${y + 6}" role="group" aria-label="${title}">${lanes}${rows}</svg>`
}

/**
 * @param {Drawing} drawing
 * @param {Row} row
 */
function heightOf(drawing, row) {
  if (row.kind === 'packet') return packetHeight(drawing, row.index)
  return HEIGHTS[row.kind] + (row.kind === 'band' && isLong(drawing, row) ? LINE : 0)
}

/**
 * @param {Drawing} drawing
 * @param {Row} row
 * @param {number} top
 */
function rowMarkup(drawing, row, top) {
  if (row.kind === 'packet') return packetRow(drawing, row.index, top)
  if (row.kind === 'band') return bandRow(drawing, row, top)
  return row.kind === 'fold' ? foldRow(drawing, row, top) : emittedRow(drawing, row.at, top)
}

/**
 * A packet that a host or the load balancer sent on its own.
 * @param {Drawing} drawing
 * @param {number} at
 * @param {number} top
 */
function emittedRow({ trace, geometry }, at, top) {
  const entry = trace.emitted[at]
  if (entry === undefined) return undefined
  const { label, numbers, acceptable } = entry
  const { lanes, expected, width } = geometry
  const [from, to] = [lanes[entry.from] ?? 0, lanes[entry.to] ?? 0]
  const note = acceptable ? numbers : `${numbers} would be ignored`
  const text = acceptable || expected !== undefined ? label : `${label}, ignored`
  const y = top + 18
  // From the last host to the server there may be no room for the words: then they end at the server.
  const starts = to > from && lengthOf(text) < to - from - 14
  const x = starts ? from + 7 : Math.max(from, to) - 7
  return markup`<g class="emitted${!acceptable && ' ignored'}"><title>${label} ${note}</title>${arrow(from, to, y)}
<text class="label words" x="${tenths(x)}" y="${y - 6}" text-anchor="${starts ? 'start' : 'end'}">${text}</text>
${expected !== undefined && markup`<text class="words" x="${tenths(expected)}" y="${y + 3}">${cut(note, width - expected)}</text>`}</g>`
}

/**
 * @param {Drawing} drawing
 * @param {BandRow} band
 */
function isLong({ geometry }, { title, text }) {
  return title !== '' && lengthOf(title + text) + 30 > geometry.width
}

/**
 * A phase that begins, or something that happens between packets.
 * @param {Drawing} drawing
 * @param {BandRow} band
 * @param {number} top
 */
function bandRow(drawing, band, top) {
  const { title, text } = band
  const x = drawing.geometry.expected === undefined ? 8 : 14
  const rest = isLong(drawing, band)
    ? markup`<tspan x="${x}" dy="${LINE}">${text}</tspan>`
    : markup`<tspan${title !== '' && markup` dx="8"`}>${text}</tspan>`
  return markup`<rect class="band" x="0" y="${top + 4}" width="${drawing.geometry.width}" height="${heightOf(drawing, band) - 8}"/>
<text x="${x}" y="${top + 19}"><tspan class="band-title">${title}</tspan>${rest}</text>`
}

/**
 * A folded run, which a click unfolds.
 * @param {Drawing} drawing
 * @param {FoldRow} fold
 * @param {number} top
 */
function foldRow({ trace, words, geometry }, { base, from, to }, top) {
  const text = `… ${to - from} more, all ${words[trace.observed[from] ?? -1]}`
  const middle = ((geometry.lanes[0] ?? 0) + (geometry.lanes.at(-1) ?? 0)) / 2
  return markup`<g class="fold" role="button" tabindex="0" data-base="${base}" data-from="${from}" data-count="${to - from}" aria-label="${text}; show them">
<rect x="8" y="${top + 4}" width="${geometry.width - 16}" height="20" rx="3"/>
<text x="${tenths(middle)}" y="${top + 18}" text-anchor="middle">${text}</text></g>`
}
