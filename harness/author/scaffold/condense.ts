import { verdictOfLetter } from '../../grade/letters.ts'
import { deciderName, packetsMeant } from '../../grade/packets.ts'
import { type DirectionName, nameOf, Reason, type ReasonName, type VerdictName } from '../../model/codes.ts'
import type { CaseTrace } from '../../model/run-log.ts'

/** What became of packets, as far as a suite can expect it. */
export interface Answer {
  readonly verdict: VerdictName
  readonly by?: string
  readonly reason?: ReasonName
  readonly towards?: 'sender' | 'peer' | 'both'
}

/** One line of a phase: whose packets (`all`, `c2s` and `first`, `packet 12`), what became of them, and the first of them. */
export interface Line {
  readonly direction?: DirectionName
  readonly place: string
  readonly answer: Answer
  /** Index into the trace. */
  readonly first: number
}

/** Lines that say what became of every packet, and how many packets no line can name. */
export interface Condensed {
  readonly lines: readonly Line[]
  readonly left: number
}

/** Packets that are named one by one at most: more say nothing to a reader. */
const MOST_NAMED = 60

interface Item {
  readonly index: number
  readonly answer: Answer
}

/**
 * The fewest lines that say what became of the flow's packets in a phase; undefined where none was played there. Where answers
 * differ only in who gave them and why, that is left out before packets are named one by one.
 */
export function condense(trace: CaseTrace, phase: string, flow: number): Condensed | undefined {
  const items = packetsMeant({ phase, which: 'all' }, flow, trace).flatMap((index): Item[] => {
    const answer = answerOf(trace, index)
    return answer === undefined ? [] : [{ index, answer }]
  })
  if (items.length === 0) return undefined
  const coarser = [
    items,
    items.map(({ index, answer: { by: _, ...answer } }) => ({ index, answer })),
    items.map(({ index, answer: { by: _, reason: __, ...answer } }) => ({ index, answer })),
  ]
  for (const some of coarser) {
    const lines = oneWay(some) ?? bothWays(some, trace)
    if (lines !== undefined) return { lines, left: 0 }
  }
  const named = items.filter(({ index }) => (trace.number[index] ?? 0) > 0).slice(0, MOST_NAMED)
  const lines = named.map(({ index, answer }) => ({
    place: `packet ${trace.number[index]}`,
    answer,
    first: index,
  }))
  return { lines, left: items.length - named.length }
}

/** All that can be said of one packet; undefined where it was not played. */
export function answerOf(trace: CaseTrace, index: number): Answer | undefined {
  const verdict = verdictOfLetter(trace.verdict[index])
  if (verdict === undefined || verdict === 'undecided') return undefined
  const reason = nameOf(Reason, trace.reason[index] ?? 0)
  const towards = verdict === 'reject' ? towardsOf(trace, index) : undefined
  const by = deciderName(trace, index)
  return {
    verdict,
    ...(by === 'unknown' ? {} : { by }),
    ...(reason === 'none' || reason === 'unknown' ? {} : { reason }),
    ...(towards === undefined ? {} : { towards }),
  }
}

function towardsOf(trace: CaseTrace, index: number): Answer['towards'] {
  const ends = new Set(trace.emitted.filter((each) => each.index === index).map(({ to }) => to))
  if (ends.size !== 1) return ends.size === 0 ? undefined : 'both'
  const sender = trace.direction[index] === '>' ? 'client' : 'server'
  return ends.has(sender) ? 'sender' : 'peer'
}

/** `all`, or `first` and `rest`; undefined where the rest differs. */
function oneWay(items: readonly Item[], direction?: DirectionName): readonly Line[] | undefined {
  const [first, second] = items
  if (first === undefined) return undefined
  const whose = direction === undefined ? {} : { direction }
  const line = (place: string, { answer, index }: Item): Line => ({ ...whose, place, answer, first: index })
  if (items.every(({ answer }) => same(answer, first.answer))) return [line('all', first)]
  if (second === undefined || !items.slice(1).every(({ answer }) => same(answer, second.answer)))
    return undefined
  return [line('first', first), line('rest', second)]
}

function bothWays(items: readonly Item[], trace: CaseTrace): readonly Line[] | undefined {
  const ways = (['c2s', 's2c'] as const).map((direction) => {
    const letter = direction === 'c2s' ? '>' : '<'
    return oneWay(
      items.filter(({ index }) => trace.direction[index] === letter),
      direction,
    )
  })
  return ways.some((lines) => lines === undefined) ? undefined : ways.flatMap((lines) => lines ?? [])
}

function same(one: Answer, other: Answer): boolean {
  return (
    one.verdict === other.verdict &&
    one.by === other.by &&
    one.reason === other.reason &&
    one.towards === other.towards
  )
}
