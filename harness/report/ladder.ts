import { Host } from '../model/codes.ts'
import type { CaseTrace } from '../model/run-log.ts'
import { contentWords } from './packet-words.ts'

/** Columns for the time, before a ladder's first lane. */
export const TIME = 12
/** Columns between two lanes. */
export const GAP = 15
/** Packets before and after the one that a ladder is about. */
const AROUND = 4

/** The line above a ladder. */
export function laneNames(lanes: readonly string[]): string {
  const names = lanes.map((name) => name.padEnd(GAP)).join('')
  return `${' '.repeat(TIME)}${names.trimEnd()}`
}

/**
 * Draws the packets of a trace around one of them, one line each, like `replay --ladder`; that one is marked `>`, with `note` after it.
 * Packets of other flows are left out.
 */
export function traceLadder(trace: CaseTrace, index: number, note: string): string {
  const { hosts, phases } = trace
  const lanes = ['client', ...hosts, 'server']
  const shown = near(trace, index)
  const lines = [laneNames(lanes)]
  let phase = trace.phase[shown[0] ?? 0]
  for (const at of shown) {
    if (trace.phase[at] !== phase) lines.push(`${' '.repeat(TIME)}-- ${phases[trace.phase[at] ?? 0]} --`)
    phase = trace.phase[at]
    const { line, back } = packetLine(trace, at, lanes.length)
    const stamp = ((trace.time[at] ?? 0) / 1e6).toFixed(6).padStart(TIME - 2)
    lines.push(at === index ? `>${stamp.slice(1)}  ${line}  <- ${note}` : `${stamp}  ${line}`)
    lines.push(...back.map((each) => `${' '.repeat(TIME)}${each}`))
  }
  return lines.join('\n')
}

/** Indices of the packets of the same flow around one packet. */
function near({ flow }: CaseTrace, index: number): readonly number[] {
  const same = flow.flatMap((each, at) => (each === flow[index] ? [at] : []))
  const place = same.indexOf(index)
  return same.slice(Math.max(0, place - AROUND), place + AROUND + 1)
}

/** The line of a packet, and those of packets emitted about it. */
function packetLine(trace: CaseTrace, at: number, lanes: number) {
  const { way, label, back } = packetWay(trace, at)
  const lineOf = (each: Way, text: string) => `${road({ lanes, gap: GAP }, each)}  ${text}`
  return { line: lineOf(way, label), back: back.map((each) => lineOf(each.way, each.label)) }
}

/** The way of a packet and what it carries, and the same of packets emitted about it. */
export function packetWay(trace: CaseTrace, at: number) {
  const server = trace.hosts.length + 1
  const c2s = trace.direction[at] === '>'
  const [from, to] = c2s ? [0, server] : [server, 0]
  const host = trace.host[at] ?? Host.unknown
  const via = host < trace.hosts.length ? host + 1 : undefined
  const passed = trace.verdict[at] === 'f'
  // The load balancer is before the hosts.
  const end = passed ? to : (via ?? (c2s ? 0.5 : server - 0.5))
  const number = trace.number[at] ?? 0
  const what = contentWords(trace.kind[at] ?? 0, trace.flags[at] ?? 0, trace.payload[at] ?? 0)
  const back = trace.emitted
    .filter((each) => each.index === at)
    .map((each) => ({
      way: { from: end, to: each.to === 'client' ? 0 : server },
      label: each.kind === 'tcp-rst' ? 'RST' : 'ICMP',
    }))
  return {
    way: { from, to: end, via, mark: passed ? undefined : MARKS[trace.verdict[at] ?? 'u'] },
    label: `${number === 0 ? '+' : number} ${what}`,
    back,
  }
}

const MARKS: Readonly<Record<string, string>> = { d: '×', r: '×', a: '×', u: '?', n: '·' }

/** How a packet goes: from one lane to another, through a third; `mark`: what is at its end instead of an arrow head. */
export interface Way {
  readonly from: number
  readonly to: number
  readonly via?: number | undefined
  readonly mark?: string | undefined
}

/** The lanes of a ladder, and the way of a packet between them. */
export function road(
  { lanes, gap }: { readonly lanes: number; readonly gap: number },
  { from, to, via, mark }: Way,
): string {
  const width = (lanes - 1) * gap + 1
  const cells: string[] = Array.from({ length: width }, (_, at) => (at % gap === 0 ? '│' : ' '))
  const [left, right] = [Math.round(Math.min(from, to) * gap), Math.round(Math.max(from, to) * gap)]
  for (let at = left + 1; at < right; at++) cells[at] = '─'
  if (via !== undefined) cells[via * gap] = '●'
  cells[Math.round(to * gap)] = mark ?? (to > from ? '▶' : '◀')
  return cells.join('')
}
