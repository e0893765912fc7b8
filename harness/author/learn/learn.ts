import type { KnobValue, OwnProfile } from '../../model/setup.ts'
import { getProfile, makeProfile, profileNames } from '../../profile/index.ts'
import { KNOBS } from '../../profile/schema.ts'
import { Bench } from './bench.ts'
import type { RecordedProbe } from './evidence-files.ts'
import { type Finding, findingsOf } from './findings.ts'
import {
  choicesOf,
  type KnobName,
  knobNames,
  sameValue,
  type Values,
  valuesOf,
  withValue,
} from './knob-values.ts'
import { type Boundary, Ladders, numbersFor } from './ladder.ts'
import { LADDERS, type Ladder } from './ladders.ts'
import { Model } from './model.ts'
import { lackingFor, poolFor } from './pool.ts'
import { type Answers, mismatches, Predictions } from './predictions.ts'
import { PROBES } from './probes.ts'
import { dividing, findStructure, playedOf } from './structure.ts'
import type { Subject } from './subject.ts'

export interface LearnOptions {
  readonly seed: number
  /** How often each probe is played. */
  readonly repeat: number
  /** Longest wait that is asked for, in seconds. */
  readonly longest: number
  /** Most flows that a table is asked to hold. */
  readonly mostFlows: number
  readonly signal: AbortSignal
  /** Numbers that are asked for; absent: all. */
  readonly ladders?: readonly Ladder[]
  /** Told what is being done, a sentence each. */
  readonly progress?: (sentence: string) => void
}

/** What was learned of a target. */
export interface Learned {
  readonly target: string
  readonly version: string
  /** The shipped profile that is nearest. */
  readonly nearest: string
  readonly findings: ReadonlyMap<KnobName, Finding>
  /** The system that the reference is to be for it: values found, and those of the nearest profile where nothing was. */
  readonly values: Values
  /** Probes that no system explains. */
  readonly unexplained: readonly string[]
  readonly unsteady: ReadonlyMap<string, string>
  readonly troubles: readonly string[]
  readonly probes: number
  readonly replays: number
  readonly packets: number
  /** The reference as it was asked. */
  readonly model: Model
  /** By name: the probes that counted, as they were played last. */
  readonly recorded: ReadonlyMap<string, RecordedProbe>
}

/** Structure and numbers depend on each other: so often is either looked at again. */
const PASSES = 4

/**
 * Learns what a target is by experiment alone: which shipped profile it is like, then which knobs that take words, then which numbers,
 * until neither changes the other any more; and asks in the end whether it still answers as it did.
 */
export async function learn(subject: Subject, options: LearnOptions): Promise<Learned> {
  const { seed, repeat, longest, mostFlows, signal, ladders: asked, progress = () => {} } = options
  const bench = new Bench(subject, seed, repeat)
  await bench.play(
    PROBES.filter((probe) => probe.setup === 'reject' && bench.lacksOf(probe) === undefined).slice(0, 1),
  )
  const model = new Model(subject.seesEmissions, signal, subject.base)
  const predictions = new Predictions(model, poolFor(bench, longest))
  progress('asks which shipped profile it is like')
  let values = await startFrom(predictions, bench)
  const ladders = new Ladders(model, bench, { longest, mostFlows }, asked)
  let boundaries: ReadonlyMap<KnobName, Boundary> = new Map()
  for (let pass = 0; pass < PASSES; pass++) {
    const before = JSON.stringify(values)
    progress('asks for knobs that take words')
    predictions.use(poolFor(bench, longest, pass === 0 ? undefined : values))
    values = await findStructure({ values, more: numbersBeside(values, boundaries) }, predictions, bench)
    progress('asks for numbers')
    boundaries = await ladders.climb(values, pass > 0)
    values = await settle(values, boundaries, ladders)
    if (pass > 0 && before === JSON.stringify(values)) break
  }
  predictions.use(poolFor(bench, longest, values))
  progress('asks everything that counted once more')
  const recorded = new Map<string, RecordedProbe>()
  subject.recorded = recorded
  boundaries = await askAgain(predictions, bench, ladders, boundaries)
  subject.recorded = undefined
  const sighted = new Model(true, signal, subject.base)
  const lacking = new Predictions(sighted, lackingFor(bench, values))
  const seeing = subject.seesEmissions ? undefined : new Predictions(sighted, predictions.pool)
  const findings = await findingsOf({ values, predictions, lacking, seeing, bench, ladders, boundaries })
  const unexplained = mismatches(playedOf(predictions, bench), await predictions.of(values))
  const nearest = nearestTo(findings)
  const base = valuesOf(getProfile(nearest))
  return {
    target: subject.target.name,
    version: subject.target.version,
    nearest,
    findings,
    values: valuesOf(makeProfile(ownProfile(nearest, foundOver(findings, base)))),
    unexplained,
    unsteady: bench.unsteady,
    troubles: [...bench.troubles],
    probes: bench.played,
    replays: subject.replays,
    packets: subject.packets,
    model,
    recorded,
  }
}

/** The values of the shipped profile whose answers are nearest to those of the probes that tell shipped profiles apart. */
async function startFrom(predictions: Predictions, bench: Bench): Promise<Values> {
  const all = profileNames().map((name) => valuesOf(getProfile(name)))
  const answers: Answers[] = []
  for (const values of all) answers.push(await predictions.of(values))
  const pairs = answers.flatMap((one, at) => answers.slice(at + 1).map((other) => [one, other] as const))
  await bench.play(dividing(pairs, predictions.pool, bench))
  const observed = playedOf(predictions, bench)
  const wrong = answers.map((each) => mismatches(observed, each).length)
  return all[wrong.indexOf(Math.min(...wrong))] ?? valuesOf(getProfile('suricata-7'))
}

/** The numbers that boundaries say, each knob by the first value that explains its own. */
async function settle(
  from: Values,
  boundaries: ReadonlyMap<KnobName, Boundary>,
  ladders: Ladders,
): Promise<Values> {
  let values = from
  for (const knob of new Set(LADDERS.map((ladder) => ladder.knob))) {
    const boundary = boundaries.get(knob)
    if (boundary === undefined || boundary.wrong !== undefined) continue
    for (const value of [values[knob], ...choicesOf(knob), ...numbersFor(boundary, knob)]) {
      const supposed = withValue(values, knob, value)
      if (!(await ladders.explains(supposed, boundary))) continue
      values = supposed
      break
    }
  }
  return values
}

/** Numbers that may stand where a word is supposed, and are to be told apart from it. */
function numbersBeside(
  values: Values,
  boundaries: ReadonlyMap<KnobName, Boundary>,
): ReadonlyMap<KnobName, readonly KnobValue[]> {
  return new Map(
    knobNames()
      .filter((knob) => KNOBS[knob].number !== undefined && choicesOf(knob).length > 0)
      .flatMap((knob) => {
        const boundary = boundaries.get(knob)
        return boundary === undefined || typeof values[knob] === 'number'
          ? []
          : [[knob, numbersFor(boundary, knob)] as const]
      }),
  )
}

/** A target that changed in the middle answers otherwise now. */
async function askAgain(
  predictions: Predictions,
  bench: Bench,
  ladders: Ladders,
  boundaries: ReadonlyMap<KnobName, Boundary>,
): Promise<ReadonlyMap<KnobName, Boundary>> {
  const played = predictions.pool.filter(({ name }) => bench.answers.has(name))
  const rungs = [...boundaries.values()].flatMap((boundary) => ladders.probesOf(boundary))
  const changed = await bench.again([...played, ...rungs.filter(({ name }) => bench.answers.has(name))])
  const measured = await ladders.measureAgain(boundaries)
  const count = changed.length + measured.size
  if (count > 0)
    bench.troubles.add(`the target changed in the middle: ${count} probes were answered otherwise in the end`)
  return new Map([...boundaries, ...measured])
}

/** The shipped profile with which most of what was found agrees. */
function nearestTo(findings: ReadonlyMap<KnobName, Finding>): string {
  const scores = profileNames().map((name) => {
    const values = valuesOf(getProfile(name))
    return [...findings].filter(([knob, finding]) => agrees(finding, values[knob])).length
  })
  return profileNames()[scores.indexOf(Math.max(...scores))] ?? 'suricata-7'
}

/** Where it does not have a knob, what stands for that depends on others. */
function ownProfile(nearest: string, found: Partial<Record<KnobName, KnobValue>>): OwnProfile {
  const knobs = Object.entries(found).map(([knob, value]) => [
    knob,
    { value, mark: 'RUN', source: 'learned' } as const,
  ])
  return { name: 'learned', extends: nearest, knobs: Object.fromEntries(knobs) }
}

/** Whether a value is the one that was found, or one of those that were not ruled out. */
export function agrees(finding: Finding, value: KnobValue): boolean {
  if (!('unknown' in finding)) return sameValue(finding.value, value)
  return finding.among?.some((each) => sameValue(each, value)) ?? true
}

/** By knob: what was found, as a profile that extends another one has to say it; nothing where that one may be right. */
export function foundOver(
  findings: ReadonlyMap<KnobName, Finding>,
  base: Values,
): Partial<Record<KnobName, KnobValue>> {
  return Object.fromEntries(
    [...findings].flatMap(([knob, finding]) => {
      if (!('unknown' in finding)) return [[knob, finding.value]]
      const [first] = finding.among ?? []
      return first === undefined || agrees(finding, base[knob]) ? [] : [[knob, first]]
    }),
  )
}
