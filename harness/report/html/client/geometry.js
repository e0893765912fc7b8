import { markup } from './markup.js'

/**
 * Where things stand across a ladder, in pixels.
 * @typedef {object} Geometry
 * @property {number} width
 * @property {readonly number[]} lanes x of each lane
 * @property {number} number right edge of packet numbers
 * @property {number | undefined} time right edge of times, where there is room for them
 * @property {number | undefined} expected left edge of what was expected, where there is room beside the lanes
 * @property {number} observed left edge of what was observed
 */

/** From this width on there is room for columns beside the lanes. */
const WIDE = 640
/** Pixels that a letter takes at most. */
const LETTER = 6.7
/** From one line of words to the next. */
export const LINE = 13

/**
 * @param {number} width pixels that there are
 * @param {number} count lanes
 * @returns {Geometry}
 */
export function geometryOf(width, count) {
  const wide = width >= WIDE
  const left = wide ? 128 : 58
  const beside = wide ? Math.min(342, width * 0.42) : 0
  const right = wide ? width - beside - 44 : width - 26
  const step = (right - left) / Math.max(1, count - 1)
  return {
    width,
    lanes: Array.from({ length: count }, (_, lane) => left + lane * step),
    number: wide ? 34 : 28,
    time: wide ? 100 : undefined,
    expected: wide ? right + 44 : undefined,
    observed: wide ? right + 44 + beside * 0.46 : left + 7,
  }
}

/** @param {string} text */
export function lengthOf(text) {
  return text.length * LETTER
}

/**
 * Text that fits into so many pixels.
 * @param {string} text
 * @param {number} room
 */
export function cut(text, room) {
  const most = Math.max(6, Math.floor(room / LETTER))
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

/**
 * Text beside a road, on two lines where it is too long for one.
 * @param {string} name its class
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {number} room
 */
export function twoLines(name, text, x, y, room) {
  const at = lengthOf(text) <= room ? -1 : text.lastIndexOf(' ', Math.floor(room / LETTER))
  const lines = at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
  const first = lines.length === 1 ? y + 3 : y - 4
  return lines.map(
    (line, i) =>
      markup`<text class="${name}" x="${tenths(x)}" y="${first + i * 12}">${cut(line, room)}</text>`,
  )
}

/** @param {number} value */
export function tenths(value) {
  return Math.round(value * 10) / 10
}
