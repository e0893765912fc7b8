import { type Markup, markup } from '../markup.ts'
import { BALANCER, HELD, ON_THE_PATH, type TraceView } from '../trace.ts'
import { gapBefore } from './fold.ts'
import { cut, type Geometry, LINE, linesOf, tenths, twoLines } from './geometry.ts'
import { arrow, dot, endMark, road } from './shapes.ts'

const HEIGHT = 31
/** By `HELD`: nothing was expected, it was met, it was not but that is provisional, it was not met. */
export const HELD_MARKS = ['', '✓', '≠', '✗']

export interface Drawing {
  readonly view: TraceView
  readonly geometry: Geometry
}

/** Pixels that a packet takes, with the room before it that stands for the time since the one before. */
export function packetHeight(drawing: Drawing, index: number): number {
  return scaleOf(gapBefore(drawing.view.trace, index)) + HEIGHT + wordsBelow(drawing, index).length * LINE
}

/** Pixels for a time in microseconds: none up to a millisecond, 8 more for each power of ten up to a second. */
export function scaleOf(micros: number): number {
  if (micros <= 1000 || micros >= 1e6) return 0
  return Math.round(8 * Math.log10(micros / 1000))
}

/** One packet: number, time, the way it went, and what was expected beside what was observed. */
export function packetRow(drawing: Drawing, index: number, above: number): Markup {
  const { view, geometry } = drawing
  const top = above + scaleOf(gapBefore(view.trace, index))
  const y = top + 21
  const number = view.trace.number[index] ?? 0
  const height = HEIGHT + wordsBelow(drawing, index).length * LINE
  return markup`<g class="packet v-${view.trace.verdict[index]} h-${view.held[index]}" id="packet-${index}"><title>${sentence(view, index)}</title>
<rect class="ground" x="0" y="${top + 1}" width="${geometry.width}" height="${height - 2}"/>
<text class="number" x="${geometry.number}" y="${y + 4}" text-anchor="end">${number === 0 ? '+' : number}</text>
${way(drawing, index, y)}${timeText(drawing, index, y)}${verdictWords(drawing, index, y)}</g>`
}

/** The way of a packet: from its sender, by its host, as far as it came. */
function way({ view, geometry }: Drawing, index: number, y: number): Markup {
  const { trace, label } = view
  const { lanes } = geometry
  const verdict = trace.verdict[index] ?? 'u'
  const c2s = trace.direction[index] === '>'
  const [client, server] = [lanes[0] ?? 0, lanes.at(-1) ?? 0]
  const [from, to] = c2s ? [client, server] : [server, client]
  const via = lanes[view.via[index] ?? -1]
  const by = view.by[index] ?? -1
  const bypasses = via === undefined && verdict === 'f'
  const flow = trace.flows.length > 1 ? `flow ${trace.flow[index]} ` : ''
  const words = `${flow}${label[index]}${bypasses ? ', round the hosts' : ''}`
  const text = markup`<text class="label" x="${tenths(c2s ? from + 8 : from - 8)}" y="${y - 6}" text-anchor="${c2s ? 'start' : 'end'}">${cut(words, server - client - 16)}</text>`
  if (verdict === 'f') {
    const line = arrow(from, to, y, bypasses ? 'bypassing' : '')
    return markup`${line}${via !== undefined && dot(via, y)}${text}`
  }
  const end = by === ON_THE_PATH ? (from + (via ?? to)) / 2 : (lanes[by] ?? via ?? (from + to) / 2)
  const passed = via !== undefined && via !== end && by !== BALANCER && by !== ON_THE_PATH
  return markup`${road(from, end, y)}${passed && dot(via, y)}${endMark(verdict, end, y)}${verdict === 'a' && arrow(end, from, y + 5, 'answer')}${text}`
}

/** The time, in its column or, without one, at the receiver's end of the road, as far from the label as can be. */
function timeText({ view: { trace }, geometry }: Drawing, index: number, y: number): Markup {
  const text = secondsText(trace.time[index] ?? 0)
  if (geometry.time !== undefined)
    return markup`<text class="time" x="${geometry.time}" y="${y + 4}" text-anchor="end">${text}</text>`
  const c2s = trace.direction[index] === '>'
  const x = c2s ? (geometry.lanes.at(-1) ?? 0) - 8 : (geometry.lanes[0] ?? 0) + 8
  return markup`<text class="time" x="${tenths(x)}" y="${y - 6}" text-anchor="${c2s ? 'end' : 'start'}">${text}</text>`
}

/** Seconds with as many digits as are worth reading. */
export function secondsText(micros: number): string {
  return (micros / 1e6).toFixed(micros < 1e8 ? 6 : 3)
}

/** What was expected beside what was observed; below the road where there is no room beside it. */
function verdictWords(drawing: Drawing, index: number, y: number): Markup | readonly Markup[] {
  const { view, geometry } = drawing
  const { expected: left, observed: right, known } = geometry
  if (left === undefined || known === undefined)
    return wordsBelow(drawing, index).map(
      (line, i) => markup`<text class="words" x="${right}" y="${y + 17 + i * LINE}">${line}</text>`,
    )
  return markup`${twoLines('expected', view.expected[index]?.expected ?? '', left, y, right - left - 26)}
<text class="held" x="${tenths(right - 16)}" y="${y + 4}">${HELD_MARKS[view.held[index] ?? 0]}</text>
${twoLines('words', view.observed[index] ?? '', right, y, known - right - 8)}
<text class="known" x="${tenths(known)}" y="${y + 4}">${view.known[index]}</text>`
}

/** What stands below a road because there is no room beside it: nothing for what was forwarded as it should. */
function wordsBelow({ view, geometry }: Drawing, index: number): readonly string[] {
  const held = view.held[index] ?? 0
  const verdict = view.trace.verdict[index]
  if (geometry.expected !== undefined || (verdict === 'f' && held < HELD.provisional)) return []
  const room = geometry.width - geometry.observed - 8
  const observed = view.observed[index] ?? ''
  if (held < HELD.provisional) return linesOf(observed, room)
  return [
    ...linesOf(`${HELD_MARKS[held]} ${observed}`, room),
    ...linesOf(`expected ${view.expected[index]?.expected}`, room),
  ]
}

/** A packet as one sentence. */
export function sentence({ trace, lanes, by, label, observed, expected }: TraceView, index: number): string {
  const number = trace.number[index] ?? 0
  const decided = lanes[by[index] ?? -1]
  const wanted = expected[index]?.expected
  return [
    number === 0 ? 'An injected packet' : `Packet ${number}`,
    trace.direction[index] === '>' ? ' from the client, ' : ' from the server, ',
    label[index],
    `: ${observed[index]}`,
    decided === undefined ? '' : `, decided by ${decided}`,
    wanted === undefined ? '' : `, expected ${wanted}`,
  ].join('')
}
