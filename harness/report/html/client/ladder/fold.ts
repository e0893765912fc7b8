import type { CaseTrace } from '../../../../model/run-log.ts'
import type { TraceView } from '../trace.ts'

/**
 * What a ladder draws from top to bottom: a packet, something emitted, a band where a phase begins or something happens, a
 * silence, or a run of equal packets that is folded (`from` up to but not with `to`; `base` names the run).
 */
export type Row =
  | { readonly kind: 'packet'; readonly index: number }
  | { readonly kind: 'emitted'; readonly at: number }
  | { readonly kind: 'band'; readonly title: string; readonly text: string }
  | { readonly kind: 'silence'; readonly micros: number }
  | FoldRow

export interface FoldRow {
  readonly kind: 'fold'
  readonly base: number
  readonly from: number
  readonly to: number
}

/** Packets shown at the head and the foot of a folded run, and the least that is worth folding. */
const HEAD = 4
const FOOT = 2
const LEAST = 6

/** A silence from which on the scale of time is broken, in microseconds. */
const BREAK = 1_000_000

/**
 * The rows of a trace. Runs of packets that met the same end by the same way are folded, but for what `opened` shows of them (by
 * the `base` of a run: how many more of it).
 */
export function rowsOf(view: TraceView, opened: ReadonlyMap<number, number>): readonly Row[] {
  const { trace } = view
  const rows: Row[] = []
  const emitted = emittedByPacket(trace)
  for (let from = 0; from < trace.number.length; ) {
    rows.push(...between(trace, from))
    const to = endOfRun(view, from, emitted)
    foldRun(rows, from, to, opened)
    for (const at of emitted.get(to - 1) ?? []) rows.push({ kind: 'emitted', at })
    from = to
  }
  rows.push(...between(trace, trace.number.length))
  const alone = emitted.get(-1) ?? []
  if (alone.length > 0) rows.push({ kind: 'band', title: 'sent with no packet as its cause', text: '' })
  for (const at of alone) rows.push({ kind: 'emitted', at })
  return rows
}

function foldRun(rows: Row[], from: number, to: number, opened: ReadonlyMap<number, number>): void {
  const head = HEAD + (opened.get(from + HEAD) ?? 0)
  const hidden = to - FOOT - (from + head)
  const until = hidden < LEAST ? to : from + head
  for (let index = from; index < until; index++) rows.push({ kind: 'packet', index })
  if (until === to) return
  rows.push({ kind: 'fold', base: from + HEAD, from: until, to: to - FOOT })
  for (let index = to - FOOT; index < to; index++) rows.push({ kind: 'packet', index })
}

/** The end of the run of equal packets that begins at `from`; whatever is emitted, happens or was not met stands alone or ends it. */
function endOfRun(view: TraceView, from: number, emitted: ReadonlyMap<number, readonly number[]>): number {
  let to = from + 1
  while (to < view.trace.number.length && !emitted.has(to - 1) && isLike(view, from, to)) to++
  return to
}

function isLike(
  { trace, via, by, observed, held, firstDifference }: TraceView,
  a: number,
  b: number,
): boolean {
  return (
    a !== firstDifference &&
    b !== firstDifference &&
    trace.verdict[a] === trace.verdict[b] &&
    via[a] === via[b] &&
    by[a] === by[b] &&
    trace.phase[a] === trace.phase[b] &&
    observed[a] === observed[b] &&
    held[a] === held[b] &&
    between(trace, b).length === 0
  )
}

function emittedByPacket(trace: CaseTrace): ReadonlyMap<number, readonly number[]> {
  const map = new Map<number, number[]>()
  trace.emitted.forEach(({ index }, at) => {
    const own = map.get(index)
    if (own === undefined) map.set(index, [at])
    else own.push(at)
  })
  return map
}

/** Microseconds between the packet before `index` and the one at it; 0 at the ends. */
export function gapBefore({ time }: CaseTrace, index: number): number {
  return index === 0 || index >= time.length ? 0 : (time[index] ?? 0) - (time[index - 1] ?? 0)
}

/** What is to be said between the packet before `index` and the one at it: a silence, a phase that begins, events. */
function between(trace: CaseTrace, index: number): readonly Row[] {
  const rows: Row[] = []
  const micros = gapBefore(trace, index)
  if (micros >= BREAK) rows.push({ kind: 'silence', micros })
  const labels = trace.events.filter(({ before }) => before === index).map(({ label }) => label)
  const begins = index > 0 && index < trace.phase.length && trace.phase[index] !== trace.phase[index - 1]
  if (!begins && labels.length === 0) return rows
  const title = begins ? (trace.phases[trace.phase[index] ?? 0] ?? '') : ''
  rows.push({ kind: 'band', title, text: labels.join(' · ') })
  return rows
}
