import { carriedFlags } from '../../flow/carried.ts'
import { verdictOfLetter } from '../../grade/letters.ts'
import { deciderName, packetsMeant } from '../../grade/packets.ts'
import { Host } from '../../model/codes.ts'
import type { CaseTrace } from '../../model/run-log.ts'
import { contentWords } from '../../report/packet-words.ts'
import type { Recorded } from '../../timeline/recorded.ts'

/** Characters for what a packet carries and became of it. */
const WORDS = 34
const NUMBER = 6
const [LEAST_GAP, MOST_GAP] = [5, 10]

/** Packets of a ladder: these many before what broke, and after it. */
export interface Excerpt {
  readonly before: number
  readonly after: number
}

/** A ladder of a flow as it was recorded, its first `most` packets: a line each, and one that says how many more there are. */
export function recordedLadder({ batch }: Recorded, flow: number, most: number, columns: number): string[] {
  const draw = drawer(['client', 'server'], columns)
  const lines = [draw.head]
  let left = 0
  for (let i = 0; i < batch.count; i++) {
    if (flow >= 0 && batch.flow[i] !== flow) continue
    if (lines.length > most) {
      left++
      continue
    }
    const words = contentWords(batch.kind[i] ?? 0, carriedFlags(batch, i), batch.payload[i] ?? 0)
    lines.push(draw.line(batch.number[i] ?? 0, batch.direction[i] === 0, undefined, true, words))
  }
  if (left > 0) lines.push(draw.say(`… ${left} more packets`))
  return lines
}

/** A ladder of what was played, round the beginnings of its phases: `●` where a host had it, `×` where it ended. */
export function playedLadder(trace: CaseTrace, flow: number, excerpt: Excerpt, columns: number): string[] {
  const draw = drawer(['client', ...trace.hosts, 'server'], columns)
  const lines = [draw.head]
  for (const [number, phase] of trace.phases.entries()) {
    const all = packetsMeant({ phase, which: 'all' }, flow, trace)
    const shown = number === 0 ? all.slice(-excerpt.before) : all.slice(0, excerpt.after)
    if (number > 0 && all.length > 0) lines.push(draw.say(`── ${phase} ──`))
    const left = all.length - shown.length
    if (number === 0 && left > 0) lines.push(draw.say(`… ${left} packets`))
    for (const index of shown) lines.push(playedLine(draw, trace, index))
    if (number > 0 && left > 0) lines.push(draw.say(`… ${left} more packets`))
  }
  return lines
}

function playedLine(draw: Drawer, trace: CaseTrace, index: number): string {
  const verdict = verdictOfLetter(trace.verdict[index]) ?? 'not sent'
  const what = contentWords(trace.kind[index] ?? 0, trace.flags[index] ?? 0, trace.payload[index] ?? 0)
  const host = trace.host[index] ?? Host.unknown
  const via = host < trace.hosts.length ? host + 1 : undefined
  const by = deciderName(trace, index)
  const words = verdict === 'forward' ? what : `${what}: ${verdict}${via === undefined ? ` by ${by}` : ''}`
  return draw.line(
    trace.number[index] ?? 0,
    trace.direction[index] === '>',
    via,
    verdict === 'forward',
    words,
  )
}

interface Drawer {
  readonly head: string
  /** A packet from its number on: from which end, by which lane, and whether it arrived. */
  line(number: number, fromClient: boolean, via: number | undefined, arrives: boolean, words: string): string
  say(text: string): string
}

function drawer(names: readonly string[], columns: number): Drawer {
  const lanes = names.length
  const room = Math.floor((columns - NUMBER - WORDS) / (lanes - 1))
  const gap = Math.max(LEAST_GAP, Math.min(MOST_GAP, room))
  const width = (lanes - 1) * gap + 1
  const cut = (text: string) => (text.length > columns ? `${text.slice(0, columns - 1)}…` : text)
  const margin = ' '.repeat(NUMBER)
  return {
    head: cut(
      margin +
        names
          .map((name) => name.slice(0, gap - 1).padEnd(gap))
          .join('')
          .trimEnd(),
    ),
    say: (text) => cut(margin + text),
    line(number, fromClient, via, arrives, words) {
      const cells = Array.from({ length: width }, (_, at): string => (at % gap === 0 ? '│' : ' '))
      const [from, far] = fromClient ? [0, width - 1] : [width - 1, 0]
      // What no host had ends half-way to the first lane on its way.
      const half = fromClient ? Math.floor(gap / 2) : width - 1 - Math.floor(gap / 2)
      const to = arrives ? far : via === undefined ? half : via * gap
      for (let at = Math.min(from, to) + 1; at < Math.max(from, to); at++) cells[at] = '─'
      if (via !== undefined) cells[via * gap] = '●'
      cells[to] = arrives ? (fromClient ? '▶' : '◀') : '×'
      const label = number === 0 ? '+' : String(number)
      return cut(`${label.padStart(NUMBER - 2)}  ${cells.join('')}  ${words}`)
    },
  }
}
