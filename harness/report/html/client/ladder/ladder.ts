import { type Markup, markup } from '../markup.ts'
import type { TraceView } from '../trace.ts'
import { rowsOf } from './fold.ts'
import { cut, geometryOf, tenths } from './geometry.ts'
import { heightOf, rowMarkup } from './rows.ts'

const HEAD_HEIGHT = 30

/** The names of lanes and columns, above a ladder. */
export function ladderHead({ lanes: names }: TraceView, width: number): Markup {
  const { lanes, number, time, expected, observed, known } = geometryOf(width, names.length)
  const step = (lanes[1] ?? 0) - (lanes[0] ?? 0)
  const heads = names.map((name, lane) => {
    const inner = lane > 0 && lane < names.length - 1
    return markup`<text x="${tenths(lanes[lane] ?? 0)}" y="19" class="lane-name" text-anchor="middle">${inner ? cut(name, step - 6) : name}</text>`
  })
  const columns = markup`<text x="${number}" y="19" text-anchor="end">#</text>
${time !== undefined && markup`<text x="${time}" y="19" text-anchor="end">time, s</text>`}
${expected !== undefined && markup`<text x="${tenths(expected)}" y="19">expected</text><text x="${tenths(observed)}" y="19">observed</text><text x="${known}" y="19">by</text>`}`
  return markup`<svg class="ladder-head" width="${width}" height="${HEAD_HEIGHT}" aria-hidden="true">${columns}${heads}</svg>`
}

/**
 * The ladder of a trace as one SVG: client, load balancer, hosts and server are lanes, time goes down. `opened`: see `rowsOf`.
 */
export function ladder(view: TraceView, width: number, opened: ReadonlyMap<number, number>): Markup {
  const geometry = geometryOf(width, view.lanes.length)
  const drawing = { view, geometry }
  let y = 4
  const rows = rowsOf(view, opened).map((row) => {
    const drawn = rowMarkup(drawing, row, y)
    y += heightOf(drawing, row)
    return drawn
  })
  const lanes = geometry.lanes.map((x, lane) => {
    const outer = lane === 0 || lane === geometry.lanes.length - 1
    return markup`<path class="lane${outer && ' outer'}" d="M${tenths(x)} 0V${y + 6}"/>`
  })
  const title = `Ladder of ${view.trace.number.length} packets between ${view.lanes.join(', ')}`
  return markup`<svg class="ladder" width="${width}" height="${y + 6}" role="group" aria-label="${title}">${lanes}${rows}</svg>`
}
