import { HELD_MARKS, secondsText } from '../ladder/packet.ts'
import { type Markup, markup } from '../markup.ts'
import type { TraceView } from '../trace.ts'

/** Rows alike that are shown before and after those that are left out, and the most rows of a table. */
const HEAD = 3
const LEAST = 6
const MOST = 4000

/** One packet of several replays: its index in each, -1 where that one has it not. */
type Line = readonly number[]

/** The packets of a case as a table, or of several sides beside each other, where `Δ` marks what is not as on the first. */
export function packetTable(views: readonly TraceView[], names: readonly string[], all: boolean): Markup {
  const lines = align(views)
  const rows: Markup[] = []
  for (let from = 0; from < lines.length && rows.length < MOST; ) {
    const to = all ? from + 1 : endOfRun(views, lines, from)
    const folded = to - from >= HEAD + LEAST
    for (let at = from; at < (folded ? from + HEAD : to); at++) rows.push(...lineRows(views, lines, at))
    if (folded)
      rows.push(
        markup`<tr class="left-out"><td colspan="${columnsOf(views)}">⋯ ${to - from - HEAD} more alike</td></tr>`,
      )
    from = to
  }
  const single = views.length === 1
  const heads = single
    ? markup`<th scope="col">host</th><th scope="col">expected</th><th scope="col">observed</th><th scope="col">known by</th>`
    : names.map((name) => markup`<th scope="col">${name}</th>`)
  return markup`<table class="plain packets"><thead><tr><th scope="col" class="figure">#</th><th scope="col" class="figure">time, s</th><th scope="col">way</th><th scope="col">packet</th>${heads}</tr></thead><tbody>${rows}</tbody></table>${!all && rows.some(({ text }) => text.includes('left-out')) && markup`<button type="button" id="packets-all">Show every packet</button>`}`
}

function columnsOf(views: readonly TraceView[]): number {
  return 4 + (views.length === 1 ? 4 : views.length)
}

/** The packets of all views, each with its like: by number and occurrence, injected ones by their order. */
export function align(views: readonly TraceView[]): readonly Line[] {
  const order: string[] = []
  const indices = views.map(({ trace }) => {
    const own = new Map<string, number>()
    const seen = new Map<number, number>()
    let after = -1
    trace.number.forEach((number, index) => {
      const times = (seen.get(number) ?? 0) + 1
      seen.set(number, times)
      const key = `${number} ${times}`
      own.set(key, index)
    })
    for (const key of own.keys()) {
      const known = order.indexOf(key, after + 1)
      if (known >= 0) after = known
      else if (order.includes(key)) continue
      else order.splice(++after, 0, key)
    }
    return own
  })
  return order.map((key) => indices.map((own) => own.get(key) ?? -1))
}

function endOfRun(views: readonly TraceView[], lines: readonly Line[], from: number): number {
  const key = alikeKey(views, lines[from] ?? [])
  let to = from + 1
  while (
    to < lines.length &&
    alikeKey(views, lines[to] ?? []) === key &&
    eventsAt(views, lines[to] ?? []).length === 0
  )
    to++
  return to
}

function alikeKey(views: readonly TraceView[], line: Line): string {
  return views
    .map((view, side) => {
      const at = line[side] ?? -1
      return at < 0 ? '-' : [view.observed[at], view.held[at], view.by[at], view.trace.phase[at]].join('|')
    })
    .join('\n')
}

/** Events before a packet, those of the first view that has the packet. */
function eventsAt(views: readonly TraceView[], line: Line): readonly string[] {
  const side = line.findIndex((at) => at >= 0)
  const view = views[side]
  const index = line[side] ?? -1
  if (view === undefined || index < 0) return []
  const { trace } = view
  const begins = index > 0 && trace.phase[index] !== trace.phase[index - 1]
  const phase = begins ? [trace.phases[trace.phase[index] ?? 0] ?? ''] : []
  return [...phase, ...trace.events.filter(({ before }) => before === index).map(({ label }) => label)]
}

function lineRows(views: readonly TraceView[], lines: readonly Line[], at: number): readonly Markup[] {
  const line = lines[at] ?? []
  const side = line.findIndex((index) => index >= 0)
  const view = views[side]
  const index = line[side] ?? -1
  if (view === undefined || index < 0) return []
  const events = eventsAt(views, line)
  const { trace } = view
  const number = trace.number[index] ?? 0
  const c2s = trace.direction[index] === '>'
  const head = markup`<th scope="row" class="figure">${number === 0 ? '+' : number}</th><td class="figure">${secondsText(trace.time[index] ?? 0)}</td><td class="way">${c2s ? 'c2s →' : 's2c ←'}</td><td>${view.label[index]}</td>`
  const cells =
    views.length === 1 ? singleCells(view, index) : views.map((one, k) => sideCell(views, line, one, k))
  const row = markup`<tr class="h-${views.length === 1 ? view.held[index] : 0}">${head}${cells}</tr>`
  if (events.length === 0) return [row]
  return [markup`<tr class="event"><td colspan="${columnsOf(views)}">${events.join(' · ')}</td></tr>`, row]
}

function singleCells(view: TraceView, index: number): Markup {
  const held = view.held[index] ?? 0
  return markup`<td>${view.lanes[view.via[index] ?? -1] ?? ''}</td><td>${view.expected[index]?.expected ?? ''}</td><td class="seen">${HELD_MARKS[held]} ${view.observed[index]}${sentBy(view, index)}</td><td>${view.known[index]}</td>`
}

function sideCell(views: readonly TraceView[], line: Line, view: TraceView, side: number): Markup {
  const index = line[side] ?? -1
  const words = (one: TraceView | undefined, at: number) =>
    one === undefined || at < 0 ? '' : `${one.trace.verdict[at]} ${sentBy(one, at)}`
  if (index < 0) return markup`<td class="quiet">not offered</td>`
  const other = side > 0 && words(view, index) !== words(views[0], line[0] ?? -1)
  const by = view.lanes[view.by[index] ?? -1]
  const held = view.held[index] ?? 0
  return markup`<td class="seen v-${view.trace.verdict[index]} h-${held}${other && ' other'}">${other && markup`<b>Δ</b> `}${HELD_MARKS[held]} ${view.observed[index]}${by !== undefined && markup` <span class="quiet host">${by}</span>`}${sentBy(view, index)}</td>`
}

/** What was emitted because of a packet. */
function sentBy({ emitted }: TraceView, index: number): string {
  return emitted
    .filter((entry) => entry.index === index)
    .map(({ label }) => `, ${label}`)
    .join('')
}
