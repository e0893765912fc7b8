import { type Markup, markup } from '../markup.ts'
import { tenths } from './geometry.ts'

/** A road and the arrow head at its end; `name`: further classes. */
export function arrow(from: number, to: number, y: number, name = ''): Markup {
  const back = to > from ? -8 : 8
  return markup`${road(from, to + back, y, name)}<path class="head" d="M${tenths(to)} ${y}l${back} -4v8z"/>`
}

export function road(from: number, to: number, y: number, name = ''): Markup {
  return markup`<path class="road ${name}" d="M${tenths(from)} ${y}H${tenths(to)}"/>`
}

/** The mark of a host that passed a packet on. */
export function dot(x: number, y: number): Markup {
  return markup`<circle class="via" cx="${tenths(x)}" cy="${y}" r="3.5"/>`
}

/** Where the scale of time is broken: a lane's line goes zigzag. */
export function zigzag(x: number, y: number): Markup {
  return markup`<path class="zigzag" d="M${tenths(x)} ${y}l-5 4l10 6l-10 6l5 4"/>`
}

/** A cross for a drop, a crossed ring for a reject, a ring with a dot for an answer, else a ring with a sign in it. */
export function endMark(verdict: string, x: number, y: number): Markup {
  const at = tenths(x)
  if (verdict === 'd') return markup`<path class="end" d="M${at} ${y}m-5 -5l10 10m0 -10l-10 10"/>`
  const ring = (radius: number) => markup`<circle class="end hollow" cx="${at}" cy="${y}" r="${radius}"/>`
  if (verdict === 'r') return markup`${ring(6.5)}<path class="end" d="M${at} ${y}m-3 -3l6 6m0 -6l-6 6"/>`
  if (verdict === 'a') return markup`${ring(6.5)}<circle class="via" cx="${at}" cy="${y}" r="2.5"/>`
  const sign = verdict === 'n' ? '–' : '?'
  return markup`${ring(8)}<text class="doubt" x="${at}" y="${y + 4}" text-anchor="middle">${sign}</text>`
}
