import type { ExceptionPolicy, KnobValue } from '../../model/setup.ts'
import { KNOBS } from '../../profile/schema.ts'
import type { Bench } from './bench.ts'
import {
  choicesOf,
  type KnobName,
  knobNames,
  sameValue,
  type Values,
  valueText,
  withValue,
} from './knob-values.ts'
import { type Boundary, type Ladders, numbersFor } from './ladder.ts'
import { LADDERS } from './ladders.ts'
import { mismatches, type Predictions } from './predictions.ts'
import { playedOf } from './structure.ts'

/** A packet sequence that was played, and what it says about a knob. */
export interface Evidence {
  readonly probe: string
  /** What came, a word a packet. */
  readonly answer: string
  /** By value that it rules out: what would have come. */
  readonly otherwise: Readonly<Record<string, string>>
}

export type Confidence = 'high' | 'medium' | 'low'

/** What was found out about one knob. */
export type Finding =
  | {
      readonly value: KnobValue
      /**
       * `high`: every other value is ruled out by two probes or more, or a number by its neighbours; `medium`: by one; `low`: other
       * answers of the target are explained by nothing that the reference can be.
       */
      readonly confidence: Confidence
      readonly evidence: readonly Evidence[]
    }
  /** Why it is not known; where some values were ruled out, those that were not, the supposed one first. */
  | { readonly unknown: string; readonly among?: readonly KnobValue[] }

/** What says how much is asked for, where that is not `--longest`. */
const LIMITS: { readonly [K in KnobName]?: string } = {
  ackWindow: '',
  tcpMostRetransmissions: '',
  maxFlows: ' (--flows)',
}
const POLICIES: readonly ExceptionPolicy[] = ['drop', 'reject', 'continue']
const SHOWN_EVIDENCE = 4
/** Share of probes that may be unexplained without all that was learned being in doubt. */
const MOST_UNEXPLAINED = 0.1

export interface Evidenced {
  readonly values: Values
  readonly predictions: Predictions
  /** Of probes that the target cannot be asked. */
  readonly lacking: Predictions
  /** Where what the target emits cannot be seen: of the same probes, if it could. */
  readonly seeing: Predictions | undefined
  readonly bench: Bench
  readonly ladders: Ladders
  readonly boundaries: ReadonlyMap<KnobName, Boundary>
}

/** What the answers say about every knob: its value where all others are ruled out, else why it is not known. */
export async function findingsOf(found: Evidenced): Promise<ReadonlyMap<KnobName, Finding>> {
  const findings = new Map<KnobName, Finding>()
  const { predictions, bench, values } = found
  const observed = playedOf(predictions, bench)
  const unexplained = mismatches(observed, await predictions.of(values)).length
  const strange = unexplained > observed.size * MOST_UNEXPLAINED
  for (const knob of knobNames()) {
    const finding = await findingOf(knob, found)
    if ('unknown' in finding || unexplained === 0) findings.set(knob, finding)
    else if (strange)
      findings.set(knob, {
        unknown: `${unexplained} of ${observed.size} probes were answered as by nothing that the reference can be`,
      })
    else findings.set(knob, { ...finding, confidence: 'low' })
  }
  return findings
}

async function findingOf(knob: KnobName, found: Evidenced): Promise<Finding> {
  if (knob.startsWith('lb')) return { unknown: 'the load balancer in front of the target is the harness' }
  if (knob === 'policies') return policiesOf(found)
  const { number } = KNOBS[knob]
  if (number === undefined) return wordOf(knob, found, choicesOf(knob))
  const counted = await numberOf(knob, found)
  const choices = choicesOf(knob)
  if ('unknown' in counted || choices.length === 0) return counted
  // The number is shown; whether a word stands for it must be, too.
  const boundary = found.boundaries.get(knob)
  const numbers = boundary === undefined ? [] : numbersFor(boundary, knob)
  const explaining: KnobValue[] = []
  for (const value of [...choices, ...numbers])
    if (
      boundary !== undefined &&
      (await found.ladders.explains(withValue(found.values, knob, value), boundary))
    )
      explaining.push(value)
  if (explaining.length === 1) return counted
  const worded = await wordOf(knob, found, explaining)
  return 'unknown' in worded ? worded : { ...worded, evidence: [...counted.evidence, ...worded.evidence] }
}

function policiesOf({ bench }: Evidenced): Finding {
  const value = POLICIES.filter(
    (policy) => bench.policies.includes(policy) && bench.lacks(policy) === undefined,
  )
  const played = [...bench.answers].map(([probe, answer]) => ({ probe, answer, otherwise: {} }))
  const missed = played.filter(({ probe }) => probe.startsWith('data of an unknown connection'))
  const evidence = missed.length === 0 ? played : missed
  if (evidence.length === 0) return { unknown: 'the target let no probe of it through' }
  return { value, confidence: 'medium', evidence: evidence.slice(0, SHOWN_EVIDENCE) }
}

/** A knob is known where each other value is ruled out by an answer which its own value explains. */
async function wordOf(knob: KnobName, found: Evidenced, choices: readonly KnobValue[]): Promise<Finding> {
  const { values, predictions, bench } = found
  const own = await predictions.of(values)
  const observed = playedOf(predictions, bench)
  const unexplained = new Set(mismatches(observed, own))
  const evidence: Evidence[] = []
  const alike: KnobValue[] = []
  let least = Number.POSITIVE_INFINITY
  for (const value of choices) {
    if (sameValue(value, values[knob])) continue
    const theirs = await predictions.of(withValue(values, knob, value))
    const against = mismatches(observed, theirs).filter((name) => !unexplained.has(name))
    const better = [...unexplained].find((name) => theirs.get(name) === observed.get(name))
    if (better !== undefined)
      return { unknown: `answers contradict each other: "${better}" was answered as by ${valueText(value)}` }
    if (against.length === 0) {
      const unsteady = predictions.pool.find(
        ({ name }) => bench.unsteady.has(name) && theirs.get(name) !== own.get(name),
      )
      if (unsteady !== undefined)
        return { unknown: `"${unsteady.name}" ${bench.unsteady.get(unsteady.name)}` }
      alike.push(value)
      continue
    }
    least = Math.min(least, against.length)
    for (const name of against.slice(0, 2))
      evidence.push({
        probe: name,
        answer: observed.get(name) ?? '',
        otherwise: { [valueText(value)]: theirs.get(name) ?? 'nothing' },
      })
  }
  if (alike.length > 0) {
    const among = [values[knob], ...alike]
    return {
      unknown: await unknownBecause(knob, among, found),
      ...(among.length === choices.length ? {} : { among }),
    }
  }
  const value = values[knob]
  return { value, confidence: least > 1 ? 'high' : 'medium', evidence: merged(evidence) }
}

/** Values that are answered alike: since the target cannot be asked, or seen, what would tell them apart, or since nothing would. */
async function unknownBecause(
  knob: KnobName,
  alike: readonly KnobValue[],
  found: Evidenced,
): Promise<string> {
  const { bench, predictions, values, lacking, seeing } = found
  if (playedOf(predictions, bench).size === 0) return 'the target answered no probe'
  const others = alike.slice(1).map((value) => withValue(values, knob, value))
  const own = await lacking.of(values)
  const seen = await seeing?.of(values)
  for (const other of others) {
    const theirsSeen = await seeing?.of(other)
    const shown = seeing?.pool.find(({ name }) => theirsSeen?.get(name) !== seen?.get(name))
    if (shown !== undefined) return `"${shown.name}" would tell, and what the target emits cannot be seen`
    const theirs = await lacking.of(other)
    const telling = lacking.pool.find(({ name }) => theirs.get(name) !== own.get(name))
    const lacks = telling === undefined ? undefined : bench.lacksOf(telling)
    if (lacks !== undefined) return `"${telling?.name}" would tell, and the target lacks ${lacks}`
  }
  return `${alike.map(valueText).join(' and ')} are answered alike by this target`
}

/** A number is known where its ladder changes, and another number would have had it change elsewhere. */
async function numberOf(knob: KnobName, found: Evidenced): Promise<Finding> {
  const { values, ladders, boundaries, bench } = found
  const boundary = boundaries.get(knob)
  if (boundary === undefined) {
    const own = LADDERS.filter((ladder) => ladder.knob === knob)
    const lacking = own.map((ladder) => bench.lacksOfLadder(ladder)).find((lacks) => lacks !== undefined)
    return {
      unknown: lacking === undefined ? 'it shows in no answer of this target' : `the target lacks ${lacking}`,
    }
  }
  if (boundary.wrong !== undefined) return { unknown: boundary.wrong }
  const { last, first } = boundary
  if (!Number.isFinite(first))
    return {
      unknown: `more than ${Math.floor(last)}, the largest that was asked for${LIMITS[knob] ?? ' (--longest)'}`,
    }
  const { number } = KNOBS[knob]
  if (!(await ladders.explains(values, boundary)))
    return { unknown: `its answers change between ${last} and ${first}, which no value of it explains` }
  if (await ladders.explains(withValue(values, knob, number?.most ?? 0), boundary))
    return { unknown: `at least ${last}: something else ends it then` }
  if (boundary.shown !== undefined) return measuredOf(knob, found, { ...boundary, shown: boundary.shown })
  const evidence = ladders.probesOf(boundary).map(({ name }) => ({
    probe: name,
    answer: bench.answers.get(name) ?? '',
    otherwise: {},
  }))
  if (evidence.some(({ answer }) => answer === ''))
    return {
      unknown: `its answers were not the same in the end: ${evidence.map(({ probe }) => probe).join(', ')}`,
    }
  return { value: values[knob], confidence: first - last === 1 ? 'high' : 'medium', evidence }
}

/** A number that was measured on a clock that cannot be set: known where it is the only whole one between those that were answered either way. */
async function measuredOf(
  knob: KnobName,
  { values, ladders }: Evidenced,
  boundary: Boundary & Required<Pick<Boundary, 'shown'>>,
): Promise<Finding> {
  const { last, first, shown } = boundary
  const numbers = numbersFor(boundary, knob)
  if (numbers.length === 0)
    return { unknown: `between ${Math.floor(last)} and ${Math.ceil(first)}: no closer could be told in time` }
  const evidence = shown.map(({ probe, least, most, answer }) => ({
    probe: `${probe}, really ${least.toFixed(2)} to ${most.toFixed(2)} s`,
    answer,
    otherwise: {},
  }))
  let explaining = 0
  for (const number of numbers)
    if (await ladders.explains(withValue(values, knob, number), boundary)) explaining++
  // How late a timer comes is told by many flows, and by chance.
  const sure = boundary.ladder.late ? 'medium' : 'high'
  return { value: values[knob], confidence: explaining > 1 ? 'low' : sure, evidence }
}

/** One entry a probe, with all that it rules out. */
function merged(evidence: readonly Evidence[]): readonly Evidence[] {
  const byProbe = new Map<string, Evidence>()
  for (const each of evidence) {
    const before = byProbe.get(each.probe)
    byProbe.set(each.probe, { ...each, otherwise: { ...before?.otherwise, ...each.otherwise } })
  }
  return [...byProbe.values()].slice(0, SHOWN_EVIDENCE)
}
