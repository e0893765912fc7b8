/** @import { TraceView } from '../view.ts' */

/**
 * What a ladder draws from top to bottom: a packet, something emitted, a band where a phase begins or something happens, or a
 * run of equal packets that is folded (`from` up to but not with `to`; `base` names the run).
 * @typedef {{ kind: 'packet', index: number }} PacketRow
 * @typedef {{ kind: 'emitted', at: number }} EmittedRow
 * @typedef {{ kind: 'band', title: string, text: string }} BandRow
 * @typedef {{ kind: 'fold', base: number, from: number, to: number }} FoldRow
 * @typedef {PacketRow | EmittedRow | BandRow | FoldRow} Row
 */

/** Packets shown at the head and the foot of a folded run, and the least that is worth folding. */
const HEAD = 4
const FOOT = 2
const LEAST = 6

/** A silence that is worth saying, in microseconds. */
const SILENCE = 1_000_000

/**
 * The rows of a trace. Runs of packets that met the same end by the same way are folded, but for what `opened` shows of them.
 * @param {TraceView} trace
 * @param {ReadonlyMap<number, number>} opened by the `base` of a run: how many more of it are shown
 * @returns {Row[]}
 */
export function rowsOf(trace, opened) {
  /** @type {Row[]} */
  const rows = []
  const emitted = emittedByPacket(trace)
  for (let from = 0; from < trace.number.length; ) {
    const band = bandBefore(trace, from)
    if (band !== undefined) rows.push(band)
    const to = endOfRun(trace, from, emitted)
    foldRun(rows, from, to, opened)
    for (const at of emitted.get(to - 1) ?? []) rows.push({ kind: 'emitted', at })
    from = to
  }
  const last = bandBefore(trace, trace.number.length)
  if (last !== undefined) rows.push(last)
  const alone = emitted.get(-1) ?? []
  if (alone.length > 0) rows.push({ kind: 'band', title: 'sent with no packet as its cause', text: '' })
  for (const at of alone) rows.push({ kind: 'emitted', at })
  return rows
}

/**
 * @param {Row[]} rows
 * @param {number} from
 * @param {number} to
 * @param {ReadonlyMap<number, number>} opened
 */
function foldRun(rows, from, to, opened) {
  const head = HEAD + (opened.get(from + HEAD) ?? 0)
  const hidden = to - FOOT - (from + head)
  const until = hidden < LEAST ? to : from + head
  for (let index = from; index < until; index++) rows.push({ kind: 'packet', index })
  if (until === to) return
  rows.push({ kind: 'fold', base: from + HEAD, from: until, to: to - FOOT })
  for (let index = to - FOOT; index < to; index++) rows.push({ kind: 'packet', index })
}

/**
 * The end of the run of equal packets that begins at `from`; whatever is emitted, happens or was not met stands alone or ends it.
 * @param {TraceView} trace
 * @param {number} from
 * @param {ReadonlyMap<number, readonly number[]>} emitted
 */
function endOfRun(trace, from, emitted) {
  let to = from + 1
  while (to < trace.number.length && !emitted.has(to - 1) && isLike(trace, from, to)) to++
  return to
}

/**
 * @param {TraceView} trace
 * @param {number} a
 * @param {number} b
 */
function isLike(trace, a, b) {
  return (
    trace.verdict[a] === trace.verdict[b] &&
    trace.via[a] === trace.via[b] &&
    trace.by[a] === trace.by[b] &&
    trace.phase[a] === trace.phase[b] &&
    trace.observed[a] === trace.observed[b] &&
    trace.held[a] === trace.held[b] &&
    bandBefore(trace, b) === undefined
  )
}

/**
 * @param {TraceView} trace
 * @returns {Map<number, number[]>}
 */
function emittedByPacket(trace) {
  /** @type {Map<number, number[]>} */
  const map = new Map()
  trace.emitted.forEach(({ index }, at) => {
    map.set(index, [...(map.get(index) ?? []), at])
  })
  return map
}

/**
 * What is to be said between the packet before `index` and the one at it: a phase that begins, events, a silence.
 * @param {TraceView} trace
 * @param {number} index
 * @returns {BandRow | undefined}
 */
function bandBefore(trace, index) {
  const labels = trace.events.flatMap(({ before, label }) => (before === index ? [label] : []))
  const begins = index > 0 && index < trace.phase.length && trace.phase[index] !== trace.phase[index - 1]
  const silence = index === 0 ? 0 : (trace.time[index] ?? 0) - (trace.time[index - 1] ?? 0)
  if (silence >= SILENCE) labels.push(`${secondsOf(silence)} s of silence`)
  if (!begins && labels.length === 0) return undefined
  const title = begins ? (trace.phases[trace.phase[index] ?? 0] ?? '') : ''
  return { kind: 'band', title, text: labels.join(', ') }
}

/** @param {number} microseconds */
function secondsOf(microseconds) {
  return Number((microseconds / 1e6).toFixed(3))
}
