import { tenths } from './geometry.js'
import { markup } from './markup.js'

/**
 * A road and the arrow head at its end.
 * @param {number} from
 * @param {number} to
 * @param {number} y
 * @param {string} name further classes
 */
export function arrow(from, to, y, name = '') {
  const back = to > from ? -7 : 7
  return markup`${road(from, to + back, y, name)}<path class="head" d="M${tenths(to)} ${y}l${back} -3.5v7z"/>`
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} y
 * @param {string} name further classes
 */
export function road(from, to, y, name = '') {
  return markup`<path class="road ${name}" d="M${tenths(from)} ${y}H${tenths(to)}"/>`
}

/**
 * The mark of a host that passed a packet on.
 * @param {number} x
 * @param {number} y
 */
export function dot(x, y) {
  return markup`<circle class="via" cx="${tenths(x)}" cy="${y}" r="3.5"/>`
}

/**
 * A cross for a drop, a crossed ring for a reject, a ring with a dot for an answer, else a ring with a sign in it.
 * @param {string} verdict
 * @param {number} x
 * @param {number} y
 */
export function endMark(verdict, x, y) {
  const at = tenths(x)
  if (verdict === 'd') return markup`<path class="mark" d="M${at} ${y}m-5 -5l10 10m0 -10l-10 10"/>`
  const ring = (/** @type {number} */ radius) =>
    markup`<circle class="mark hollow" cx="${at}" cy="${y}" r="${radius}"/>`
  if (verdict === 'r') return markup`${ring(5.5)}<path class="mark" d="M${at} ${y}m-3 -3l6 6m0 -6l-6 6"/>`
  if (verdict === 'a') return markup`${ring(5.5)}<circle class="via" cx="${at}" cy="${y}" r="2"/>`
  const sign = verdict === 'n' ? '–' : '?'
  return markup`${ring(7)}<text class="doubt" x="${at}" y="${y + 4}" text-anchor="middle">${sign}</text>`
}
