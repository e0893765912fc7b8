/** @import { TraceView } from '../view.ts' */
/** @import { Geometry } from './geometry.js' */
import { cut, LINE, tenths, twoLines } from './geometry.js'
import { markup } from './markup.js'
import { arrow, dot, endMark, road } from './shapes.js'

const HEIGHT = 30
/** In place of the lane where a packet was decided: it was lost between two of them. */
const ON_THE_PATH = -2
const BALANCER = 1
/** By `held`: nothing was expected, it was met, it was not but that is provisional, it was not met. */
const HELD = ['', '✓', '≠', '✗']

/** @typedef {{ trace: TraceView, words: readonly string[], geometry: Geometry }} Drawing */

/**
 * @param {Drawing} drawing
 * @param {number} index
 */
export function packetHeight(drawing, index) {
  return HEIGHT + wordsBelow(drawing, index).length * LINE
}

/**
 * One packet: number, time, the way it went, and what was expected beside what was observed.
 * @param {Drawing} drawing
 * @param {number} index
 * @param {number} top
 */
export function packetRow(drawing, index, top) {
  const { trace, geometry } = drawing
  const y = top + 20
  const number = trace.number[index] ?? 0
  return markup`<g class="packet v-${trace.verdict[index]} h-${trace.held[index]}" id="packet-${index}"><title>${sentence(drawing, index)}</title>
<rect class="ground" x="0" y="${top + 1}" width="${geometry.width}" height="${packetHeight(drawing, index) - 2}"/>
<text class="number" x="${geometry.number}" y="${y + 3}" text-anchor="end">${number === 0 ? '+' : number}</text>
${way(drawing, index, y)}${timeText(drawing, index, y)}${verdictWords(drawing, index, y)}</g>`
}

/**
 * The way of a packet: from its sender, by its host, as far as it came.
 * @param {Drawing} drawing
 * @param {number} index
 * @param {number} y
 */
function way({ trace, words, geometry }, index, y) {
  const { lanes } = geometry
  const verdict = trace.verdict[index] ?? 'u'
  const c2s = trace.direction[index] === '>'
  const [client, server] = [lanes[0] ?? 0, lanes.at(-1) ?? 0]
  const [from, to] = c2s ? [client, server] : [server, client]
  const via = lanes[trace.via[index] ?? -1]
  const by = trace.by[index] ?? -1
  const bypasses = via === undefined && verdict === 'f'
  const flow = trace.flows > 1 ? `flow ${trace.flow[index]} ` : ''
  const label = `${flow}${words[trace.label[index] ?? -1]}${bypasses ? ', round the hosts' : ''}`
  const text = markup`<text class="label" x="${tenths(c2s ? from + 7 : from - 7)}" y="${y - 7}" text-anchor="${c2s ? 'start' : 'end'}">${cut(label, server - client - 14)}</text>`
  if (verdict === 'f') {
    const line = arrow(from, to, y, bypasses ? 'bypassing' : '')
    return markup`${line}${via !== undefined && dot(via, y)}${text}`
  }
  const end = by === ON_THE_PATH ? (from + (via ?? to)) / 2 : (lanes[by] ?? via ?? (from + to) / 2)
  const passed = via !== undefined && via !== end && by !== BALANCER && by !== ON_THE_PATH
  return markup`${road(from, end, y)}${passed && dot(via, y)}${endMark(verdict, end, y)}${verdict === 'a' && arrow(end, from, y + 5, 'answer')}${text}`
}

/**
 * The time, in its column or, without one, at the receiver's end of the road, as far from the label as can be.
 * @param {Drawing} drawing
 * @param {number} index
 * @param {number} y
 */
function timeText({ trace, geometry }, index, y) {
  const seconds = (trace.time[index] ?? 0) / 1e6
  const text = seconds.toFixed(seconds < 100 ? 6 : 3)
  if (geometry.time !== undefined)
    return markup`<text class="time" x="${geometry.time}" y="${y + 3}" text-anchor="end">${text}</text>`
  const c2s = trace.direction[index] === '>'
  const x = c2s ? (geometry.lanes.at(-1) ?? 0) - 7 : (geometry.lanes[0] ?? 0) + 7
  return markup`<text class="time" x="${tenths(x)}" y="${y - 7}" text-anchor="${c2s ? 'end' : 'start'}">${text}</text>`
}

/**
 * What was expected beside what was observed; below the road where there is no room beside it.
 * @param {Drawing} drawing
 * @param {number} index
 * @param {number} y
 */
function verdictWords(drawing, index, y) {
  const { trace, words, geometry } = drawing
  const { expected: left, observed: right, width } = geometry
  if (left === undefined)
    return wordsBelow(drawing, index).map(
      (line, i) => markup`<text class="words" x="${right}" y="${y + 16 + i * LINE}">${line}</text>`,
    )
  const held = trace.held[index] ?? 0
  const observed = words[trace.observed[index] ?? -1] ?? ''
  return markup`${twoLines('expected', words[trace.expected[index] ?? -1] ?? '', left, y, right - left - 20)}
<text class="held" x="${tenths(right - 14)}" y="${y + 3}">${HELD[held]}</text>
${twoLines('words', observed, right, y, width - right - 6)}`
}

/**
 * What stands below a road because there is no room beside it: nothing for what was forwarded as it should.
 * @param {Drawing} drawing
 * @param {number} index
 * @returns {readonly string[]}
 */
function wordsBelow({ trace, words, geometry }, index) {
  const held = trace.held[index] ?? 0
  if (geometry.expected !== undefined || (trace.verdict[index] === 'f' && held < 2)) return []
  const observed = words[trace.observed[index] ?? -1] ?? ''
  if (held < 2) return [observed]
  return [`${HELD[held]} ${observed}`, `expected ${words[trace.expected[index] ?? -1] ?? ''}`]
}

/**
 * @param {Drawing} drawing
 * @param {number} index
 */
function sentence({ trace, words }, index) {
  const number = trace.number[index] ?? 0
  const by = trace.lanes[trace.by[index] ?? -1]
  const expected = words[trace.expected[index] ?? -1]
  return [
    number === 0 ? 'An injected packet' : `Packet ${number}`,
    trace.direction[index] === '>' ? ' from the client, ' : ' from the server, ',
    words[trace.label[index] ?? -1],
    `: ${words[trace.observed[index] ?? -1]}`,
    by === undefined ? '' : `, decided by ${by}`,
    expected === undefined ? '' : `, expected ${expected}`,
  ].join('')
}
