import { lateWords } from '../../grade/late.ts'
import { verdictOfLetter } from '../../grade/letters.ts'
import { deciderName } from '../../grade/packets.ts'
import { nameOf, Reason } from '../../model/codes.ts'
import type { CaseTrace, Mismatch } from '../../model/run-log.ts'
import { contentWords } from '../../report/packet-words.ts'
import type { Attempt } from '../../run/play.ts'
import type { Trial } from './variant.ts'

/** What a case shows, and must go on to show while it is shrunk: equal words, equal difference. */
export interface Difference {
  /** One line: `drop by fw-b for flow drop where forward is expected, of s2c PSH ACK with data after host-swap`. */
  readonly words: string
  /** Index into the trace; absent: it is of no one packet. */
  readonly index?: number
}

/**
 * The first packet that failed what is expected, or what else did where no packet: never by provisional expectations. Undefined where
 * nothing failed, or the case was inconclusive.
 */
export function failureOf({ test, phases }: Trial, attempt: Attempt | undefined): Difference | undefined {
  if (attempt?.outcome !== 'fail' || attempt.trace === undefined) return undefined
  const { trace, sightings } = attempt
  const failing = attempt.mismatches.filter(({ level }) => level !== 'provisional')
  const [first] = failing.toSorted((a, b) => (a.index ?? Infinity) - (b.index ?? Infinity))
  if (first === undefined) return undefined
  const { index, expected } = first
  if (index === undefined) return { words: `${wholeWords(first)} where ${expected} is expected` }
  const seen = first.observed.replace(lateWords(sightings, index), '')
  const why = decided(trace, index, seen)
  return {
    words: `${why} where ${expected} is expected, of ${roleOf(trace, index, test.flow, phases)}`,
    index,
  }
}

/** The first packet of which two targets say differently; undefined where there is none, or one of them was inconclusive. */
export function disagreementOf(
  { test, phases }: Trial,
  names: readonly string[],
  attempts: readonly (Attempt | undefined)[],
): Difference | undefined {
  const [one, other] = attempts
  const settled = attempts.every((each) => each?.outcome === 'pass' || each?.outcome === 'fail')
  if (!settled || one?.trace === undefined || other?.trace === undefined) return undefined
  const traces = [one.trace, other.trace]
  const count = Math.min(...traces.map(({ verdict }) => verdict.length))
  for (let index = 0; index < count; index++) {
    if (one.trace.verdict[index] === other.trace.verdict[index]) continue
    const said = traces.map((trace, at) => {
      const verdict = verdictOfLetter(trace.verdict[index]) ?? 'not run'
      return `${decided(trace, index, verdict)} on ${names[at]}`
    })
    return { words: `${said.join(', ')}, of ${roleOf(one.trace, index, test.flow, phases)}`, index }
  }
  return undefined
}

/** What was seen of a packet, by whom and why, as far as that is not said yet. */
function decided(trace: CaseTrace, index: number, seen: string): string {
  const reason = nameOf(Reason, trace.reason[index] ?? 0)
  const by = deciderName(trace, index)
  const who = seen.includes(' by ') ? '' : ` by ${by}`
  const why = reason === 'none' || seen.includes(' for ') ? '' : ` for ${reason}`
  return `${seen}${who}${why}`
}

/** What a packet is in its case, whatever its number and time: direction, protocol and flags, whether it has data, and the phase. */
function roleOf(
  trace: CaseTrace,
  index: number,
  tested: number,
  phases: ReadonlyMap<string, string>,
): string {
  const phase = trace.phases[trace.phase[index] ?? 0] ?? ''
  const made = trace.number[index] === 0
  const other = tested >= 0 && !made && trace.flow[index] !== tested
  return [
    ...(made ? ['an injected'] : []),
    trace.direction[index] === '<' ? 's2c' : 'c2s',
    contentWords(trace.kind[index] ?? 0, trace.flags[index] ?? 0, 0),
    (trace.payload[index] ?? 0) > 0 ? 'with data' : 'without data',
    ...(other ? ['of another flow'] : []),
    phases.get(phase) ?? phase,
  ].join(' ')
}

/** Without the packets that it was seen of, of several changes the first. */
function wholeWords({ phase, observed }: Mismatch): string {
  return `${phase} ${phase === 'unaltered' ? observed.replace(/ \(.*/, '') : observed}`
}
