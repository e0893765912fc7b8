import type { KnobValue } from '../../model/setup.ts'
import { KNOBS } from '../../profile/schema.ts'
import type { Bench } from './bench.ts'
import { type KnobName, type Values, withValue } from './knob-values.ts'
import { LADDERS, type Ladder } from './ladders.ts'
import { lateChangeIn, lateWaits } from './late-ends.ts'
import { changeIn, type Measured, type Measurement, waitsWithin } from './measured.ts'
import type { Model } from './model.ts'
import { resolved } from './pool.ts'
import type { Probe } from './probe.ts'
import {
  flowsBetween,
  isWait,
  keyOf,
  longestWaitBeside,
  measuredRung,
  measurementsOf,
  NOTHING,
  nameOf,
  numbersBetween,
  rung,
  sideOf,
} from './rungs.ts'

const ROUNDS = 8
/** Where a timer ends late, how rarely it would have been so late is to be told by more flows the longer it counts. */
const LATE_ROUNDS = 14
/** Share of the rungs of a round that may be answered in more than one way: those at the edge, on a real clock. */
const MOST_UNSTEADY = 0.25
/**
 * Seconds of a clock that cannot be set by which a wait may be counted otherwise than it was measured, and within which answers may stand in
 * no order. A kernel counts in ticks, which stand still while the processor that keeps them does not run, for up to five before another one
 * takes over (Linux, kernel/time/tick-sched.c): at 250 a second up to 24 ms, of which 23.1 were measured.
 */
export const TOLERANCE = 0.03
const BLUR = 1
/** Whole numbers that are tried as a value between two that were measured. */
const MOST_NUMBERS = 16

/**
 * Up to which number a ladder is answered in one way, and from which in the other; whole numbers side by side when all was asked. On a
 * clock that cannot be set they are waits that were measured, with what shows it.
 */
export interface Boundary {
  readonly ladder: Ladder
  /** -1: not even 0 is answered so. */
  readonly last: number
  /** Infinity: no number was answered otherwise. */
  readonly first: number
  /** Answers that were neither, or stood in no order. */
  readonly wrong?: string
  readonly shown?: readonly Measurement[]
}

/** A ladder on which a system of these knobs would show one of them, and how it is answered on either side. */
interface Mounted {
  readonly ladder: Ladder
  readonly below: string
  readonly above: string
  readonly most: number
}

/** Climbs the ladders of all knobs together, each round between the numbers that the one before has found. */
export class Ladders {
  readonly #model: Model
  readonly #bench: Bench
  /** Largest number that is asked for where it is seconds. */
  readonly #longest: number
  readonly #mostFlows: number
  readonly #ladders: readonly Ladder[]
  readonly #found = new Map<string, Boundary>()

  constructor(
    model: Model,
    bench: Bench,
    { longest, mostFlows }: { readonly longest: number; readonly mostFlows: number },
    ladders: readonly Ladder[] = LADDERS,
  ) {
    this.#model = model
    this.#bench = bench
    this.#longest = longest
    this.#mostFlows = mostFlows
    this.#ladders = ladders
  }

  /**
   * By knob: where its ladder changes; of knobs that no ladder shows, nothing. `known`: the numbers are no mere supposition, so that what
   * waits for another one is climbed, too.
   */
  async climb(values: Values, known: boolean): Promise<ReadonlyMap<KnobName, Boundary>> {
    const mounted = await this.#mount(values, known)
    const open = [...mounted.values()].filter(({ ladder }) => !this.#found.has(keyOf(ladder)))
    const timed = open.filter(({ ladder }) => this.#bench.isTimed && isWait(ladder))
    await this.#play(open.filter((each) => !timed.includes(each)))
    await this.#measure(timed)
    return new Map(
      [...mounted].flatMap(([knob, { ladder }]) => {
        const boundary = this.#found.get(keyOf(ladder))
        return boundary === undefined ? [] : [[knob, boundary] as const]
      }),
    )
  }

  /** Whether a system of these knobs would answer a ladder as was observed on both sides of its boundary. */
  async explains(values: Values, { ladder, last, first }: Boundary): Promise<boolean> {
    const mounted = await this.#mountOne(ladder, values)
    if (mounted === undefined) return false
    const probes = [
      ...(last < 0 ? [] : [rung(ladder, last)]),
      ...(Number.isFinite(first) ? [rung(ladder, first)] : []),
    ]
    const answers = await this.#model.answers(values, probes)
    return (
      (last < 0 || sideOf(ladder, answers.get(nameOf(ladder, last))) === mounted.below) &&
      (!Number.isFinite(first) || sideOf(ladder, answers.get(nameOf(ladder, first))) === mounted.above)
    )
  }

  /** Measures once more on both sides of boundaries that were measured; those that are otherwise now, with what is wrong. */
  async measureAgain(boundaries: ReadonlyMap<KnobName, Boundary>): Promise<ReadonlyMap<KnobName, Boundary>> {
    const { tolerance } = this.#accuracy
    const asked = [...boundaries].flatMap(([knob, boundary]) => {
      const { ladder, last, first, shown, wrong } = boundary
      if (shown === undefined || wrong !== undefined || !Number.isFinite(first)) return []
      const waits = [Math.floor(last - 2 * tolerance), Math.ceil(first + 2 * tolerance)]
      const probes = waits.filter((x) => x >= 0).map((x) => measuredRung(ladder, x))
      return [{ knob, boundary, probes }]
    })
    const outcomes = await this.#bench.measure(asked.flatMap(({ probes }) => probes))
    return new Map(
      asked.flatMap(({ knob, boundary, probes }) => {
        const [below, above] = boundary.shown ?? []
        const wrong = probes
          .flatMap(({ name }) => measurementsOf(boundary.ladder, name, 0, outcomes.get(name) ?? []))
          .find(
            ({ least, most, answer }) =>
              (most <= boundary.last && answer === above?.answer) ||
              (boundary.ladder.late !== true && least >= boundary.first && answer === below?.answer),
          )
        if (wrong === undefined) return []
        const text = `after ${wrong.least.toFixed(2)} s it was answered ${wrong.answer} in the end`
        return [[knob, { ...boundary, wrong: text }] as const]
      }),
    )
  }

  /** The probes on both sides of a boundary. */
  probesOf({ ladder, last, first }: Boundary): readonly Probe[] {
    return [last, first].filter((x) => x >= 0 && Number.isFinite(x)).map((x) => rung(ladder, x))
  }

  async #mount(values: Values, known: boolean): Promise<ReadonlyMap<KnobName, Mounted>> {
    const mounted = new Map<KnobName, Mounted>()
    for (const { script, ...way } of this.#ladders) {
      if (script.includes('{') && !known) continue
      const ladder = { ...way, script: resolved(script, values) }
      if (longestWaitBeside(ladder) > this.#longest) continue
      if (mounted.has(ladder.knob) || this.#bench.lacksOfLadder(ladder) !== undefined) continue
      const found = await this.#mountOne(ladder, values)
      if (found !== undefined) mounted.set(ladder.knob, found)
    }
    return mounted
  }

  /** Undefined: it would be answered in one way only, whatever the knob is. */
  async #mountOne(ladder: Ladder, values: Values): Promise<Mounted | undefined> {
    const { number } = KNOBS[ladder.knob]
    const least = number?.least ?? 0
    const largest = number?.most ?? 0
    // What is to end by this number must not do so before, in another wait of the ladder.
    const low = isWait(ladder) ? Math.max(least + 2, Math.ceil(longestWaitBeside(ladder)) + 1) : least + 2
    const [near, far] = [rung(ladder, least + 1), rung(ladder, low + 3)]
    const high = await this.#model.answers(withValue(values, ladder.knob, largest), [near])
    const short = await this.#model.answers(withValue(values, ladder.knob, low), [far])
    const below = sideOf(ladder, high.get(near.name))
    const above = sideOf(ladder, short.get(far.name))
    if (below === undefined || above === undefined || below === above) return undefined
    const asked = ladder.flows === true ? this.#mostFlows : this.#longest
    const most = ladder.flows === true || isWait(ladder) ? Math.min(largest, asked) : largest
    return { ladder, below, above, most }
  }

  /** Seconds of the timeline, of which several may pass in one of the target's clock. */
  get #accuracy(): { readonly tolerance: number; readonly blur: number } {
    const { clockScale } = this.#bench
    return { tolerance: TOLERANCE * clockScale, blur: BLUR * clockScale + 2 * TOLERANCE * clockScale }
  }

  /** As `#play`, by how long flows really waited. */
  async #measure(open: readonly Mounted[]): Promise<void> {
    const accuracy = this.#accuracy
    const seen = new Map<Mounted, readonly Measurement[]>(open.map((each) => [each, []]))
    const changes = new Map<Mounted, Measured>()
    for (let round = 0; round < LATE_ROUNDS; round++) {
      const left = open.filter(({ ladder }) => ladder.late === true || round < ROUNDS)
      const asked = left.map((each) => {
        const change = changes.get(each)
        const waits =
          change === undefined ? numbersBetween(NOTHING, each.most) : nextWaits(each, change, accuracy)
        return { each, probes: new Map(waits.map((x) => [x, measuredRung(each.ladder, x)])) }
      })
      const probes = asked.flatMap((one) => [...one.probes.values()])
      if (probes.length === 0) break
      const outcomes = await this.#bench.measure(probes)
      for (const { each, probes: played } of asked) {
        const { ladder, below, above } = each
        const fresh = [...played].flatMap(([x, { name }]) =>
          measurementsOf(ladder, name, x, outcomes.get(name) ?? []),
        )
        const all = [...(seen.get(each) ?? []), ...fresh]
        seen.set(each, all)
        changes.set(each, (ladder.late ? lateChangeIn : changeIn)(all, { below, above }, accuracy))
      }
    }
    for (const [{ ladder }, change] of changes) this.#found.set(keyOf(ladder), { ladder, ...change })
  }

  async #play(open: readonly Mounted[]): Promise<void> {
    const spans = new Map<Mounted, { last: number; first: number }>(open.map((each) => [each, NOTHING]))
    for (let round = 0; round < ROUNDS; round++) {
      const asked = [...spans].map(([each, span]) => [each, this.#nextNumbers(each, span)] as const)
      const probes = asked.flatMap(([{ ladder }, numbers]) => numbers.map((x) => rung(ladder, x)))
      if (probes.length === 0) break
      await this.#bench.play(probes)
      for (const [each, numbers] of asked) {
        const { span, wrong } = this.#narrowed(each, numbers, spans.get(each))
        spans.set(each, span)
        if (wrong === undefined) continue
        this.#found.set(keyOf(each.ladder), { ladder: each.ladder, ...span, wrong })
        spans.delete(each)
      }
    }
    for (const [{ ladder }, span] of spans) this.#found.set(keyOf(ladder), { ladder, ...span })
  }

  #nextNumbers({ ladder, most }: Mounted, span: { last: number; first: number }): readonly number[] {
    if (ladder.flows !== true) return numbersBetween(span, most)
    return flowsBetween(span, most, this.#bench.answers.get(nameOf(ladder, span.first)))
  }

  #narrowed(
    { ladder, below, above }: Mounted,
    numbers: readonly number[],
    before: { last: number; first: number } = NOTHING,
  ): { readonly span: { readonly last: number; readonly first: number }; readonly wrong?: string } {
    let { last, first } = before
    let unsteady = 0
    for (const x of numbers) {
      const name = nameOf(ladder, x)
      const answer = sideOf(ladder, this.#bench.answers.get(name))
      if (answer === below) last = Math.max(last, x)
      else if (answer === above) first = Math.min(first, x)
      else if (answer === undefined && ++unsteady <= Math.max(2, numbers.length * MOST_UNSTEADY)) continue
      else {
        const came = answer === undefined ? this.#bench.unsteady.get(name) : `was answered ${answer}`
        const wrong = `at ${x} it ${came ?? 'was not answered'}, where ${below} or ${above} was due`
        return { span: { last, first }, wrong }
      }
    }
    if (last < first) return { span: { last, first } }
    const wrong = `it was answered ${below} at ${last}, and ${above} at ${first} already`
    return { span: { last, first }, wrong }
  }
}

/** The numbers with which a system may have that boundary, beside its words; of too many that were not told apart, none. */
export function numbersFor({ last, first, shown }: Boundary, knob: KnobName): readonly KnobValue[] {
  const { number } = KNOBS[knob]
  const from = Math.floor(last)
  const to = shown === undefined || !Number.isFinite(first) ? from + 1 : Math.ceil(first)
  if (to - from > MOST_NUMBERS) return []
  return Array.from({ length: to - from + 1 }, (_, at) => from + at).filter(
    (x) => x >= (number?.least ?? 0) && x <= (number?.most ?? 0),
  )
}

function nextWaits(
  { ladder, most }: Mounted,
  change: Measured,
  { tolerance }: { readonly tolerance: number },
): readonly number[] {
  return ladder.late ? lateWaits(change) : waitsWithin(change, { most, tolerance })
}
