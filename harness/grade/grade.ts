import type {
  CounterExpectation,
  Expectation,
  ExpiryExpectation,
  Impact,
  ImpactExpectation,
  Level,
} from '../model/case.ts'
import { nameOf, Reason } from '../model/codes.ts'
import type { CaseTrace, Mismatch, Outcome, Sighted, Tally } from '../model/run-log.ts'
import { type Checked, checkPackets } from './packets.ts'
import { checkUnaltered } from './unaltered.ts'

/** What a case is graded on. All of it is in the run log, so that the log is enough to grade the case again. */
export interface Graded {
  readonly flow: number
  readonly expectations: readonly Expectation[]
  readonly trace: CaseTrace
  /** By host, in the order of `trace.hosts`, then those of the load balancer. */
  readonly counters: readonly Readonly<Record<string, number>>[]
  readonly impact?: Impact | undefined
  readonly sightings?: readonly Sighted[] | undefined
}

export interface Grade {
  readonly outcome: Extract<Outcome, 'pass' | 'fail' | 'inconclusive'>
  readonly detail?: string
  readonly tally: Tally
  readonly mismatches: readonly Mismatch[]
}

/**
 * Compares what was observed with what was expected (docs/design.md, Grading). A dead road or an undecided packet makes the case
 * inconclusive, whatever else was seen; only core and extended expectations can fail it.
 */
export function gradeCase(graded: Graded): Grade {
  const tally: Record<Level, { checked: number; met: number }> = {
    core: { checked: 0, met: 0 },
    extended: { checked: 0, met: 0 },
    provisional: { checked: 0, met: 0 },
  }
  const mismatches: Mismatch[] = []
  for (const expectation of graded.expectations) {
    const result = check(expectation, graded)
    tally[expectation.level].checked += result.checked
    tally[expectation.level].met += result.met
    mismatches.push(...result.mismatches)
  }
  const doubt = doubtOf(graded.trace)
  if (doubt !== undefined) return { outcome: 'inconclusive', detail: doubt, tally, mismatches }
  const failed = mismatches.some(({ level }) => level !== 'provisional')
  return { outcome: failed ? 'fail' : 'pass', tally, mismatches }
}

function check(expectation: Expectation, graded: Graded): Checked {
  if (expectation.kind === 'packets') return checkPackets(expectation, graded)
  if (expectation.kind === 'counter') return checkCounter(expectation, graded)
  if (expectation.kind === 'expiry-resets') return checkExpiry(expectation, graded)
  if (expectation.kind === 'unaltered') return checkUnaltered(expectation, graded)
  return checkImpact(expectation, graded.impact)
}

/** The sentence that says why the observations cannot be relied on; undefined: they can. */
function doubtOf(trace: CaseTrace): string | undefined {
  const { sent, out, dead } = trace.controls
  if (out < sent)
    return `${sent - out} of ${sent} controls did not come out (${dead.join(', ')}), so a drop proves nothing: see that the road is alive.`
  const unknown = trace.verdict.indexOf('u')
  if (unknown >= 0) return `The target could not tell what became of some packets${whyOf(trace, unknown)}.`
  return undefined
}

/** Why the verdict on a packet is unknown, if the target says so. */
function whyOf({ reason }: CaseTrace, index: number): string {
  const code = reason[index] ?? 0
  return code === 0 ? '' : ` (${nameOf(Reason, code)}: packet ${index})`
}

function checkCounter(expectation: CounterExpectation, { trace, counters }: Graded): Checked {
  const { counter, host, equals, level, provenance } = expectation
  // A counter that no host reports is not zero: it was not counted.
  let observed: number | undefined
  for (let i = 0; i < counters.length; i++) {
    const grown = host === undefined || trace.hosts[i] === host ? counters[i]?.[counter] : undefined
    if (grown !== undefined) observed = (observed ?? 0) + grown
  }
  if (observed === equals) return { checked: 1, met: 1, mismatches: [] }
  const where = host === undefined ? '' : ` of ${host}`
  const message = `${counter}${where} was to grow by ${equals}, and ${observed === undefined ? 'the target does not report it' : `grew by ${observed}`}.`
  const mismatch = {
    level,
    provenance,
    phase: 'counters',
    expected: String(equals),
    observed: observed === undefined ? 'not reported' : String(observed),
    message,
  }
  return { checked: 1, met: 0, mismatches: [mismatch] }
}

/** Resets without a causing packet, each of which its receiver must obey. */
function checkExpiry(expectation: ExpiryExpectation, { flow: tested, trace }: Graded): Checked {
  const { to, equals, level, provenance } = expectation
  const sent = trace.emitted.filter(
    ({ index, kind, to: end, flow }) =>
      index < 0 && kind === 'tcp-rst' && end === to && (tested < 0 || flow === tested),
  )
  const ignored = sent.filter(({ acceptable }) => !acceptable).length
  if (sent.length === equals && ignored === 0) return { checked: 1, met: 1, mismatches: [] }
  const vain = ignored === 0 ? '' : `, of which ${ignored} would be ignored`
  const mismatch = {
    level,
    provenance,
    phase: 'resets-at-expiry',
    expected: `${equals} to ${to}`,
    observed: `${sent.length} to ${to}${vain}`,
    message: `The ${to} was to get ${equals} resets at expiry, and got ${sent.length}${vain}.`,
  }
  return { checked: 1, met: 0, mismatches: [mismatch] }
}

function checkImpact(expectation: ImpactExpectation, impact: Impact | undefined): Checked {
  const { conforms, level, provenance } = expectation
  const observed = impact?.kind ?? 'unknown'
  if (impact !== undefined && conforms.includes(impact.kind)) return { checked: 1, met: 1, mismatches: [] }
  const expected = conforms.join(' or ')
  const message = `The connection was to be ${expected}, and was ${observed}.`
  return {
    checked: 1,
    met: 0,
    mismatches: [{ level, provenance, phase: 'impact', expected, observed, message }],
  }
}
