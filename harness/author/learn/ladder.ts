import type { KnobValue } from '../../model/setup.ts'
import { KNOBS } from '../../profile/schema.ts'
import type { Bench } from './bench.ts'
import { type KnobName, type Values, withValue } from './knob-values.ts'
import { LADDERS, type Ladder } from './ladders.ts'
import type { Model } from './model.ts'
import type { Probe } from './probe.ts'

/** Flows of one ladder in one timeline. */
const RUNGS = 64
const ROUNDS = 8
/** Share of the rungs of a round that may be answered in more than one way: those at the edge, on a real clock. */
const MOST_UNSTEADY = 0.25

/** Up to which number a ladder is answered in one way, and from which in the other; whole numbers side by side when all was asked. */
export interface Boundary {
  readonly ladder: Ladder
  /** -1: not even 0 is answered so. */
  readonly last: number
  /** Infinity: no number was answered otherwise. */
  readonly first: number
  /** Answers that were neither, or stood in no order. */
  readonly wrong?: string
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
  readonly #found = new Map<string, Boundary>()

  constructor(model: Model, bench: Bench, longest: number) {
    this.#model = model
    this.#bench = bench
    this.#longest = longest
  }

  /** By knob: where its ladder changes; of knobs that no ladder shows, nothing. */
  async climb(values: Values): Promise<ReadonlyMap<KnobName, Boundary>> {
    const mounted = await this.#mount(values)
    const open = [...mounted.values()].filter(({ ladder }) => !this.#found.has(keyOf(ladder)))
    await this.#play(open)
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
      (last < 0 || answers.get(nameOf(ladder, last)) === mounted.below) &&
      (!Number.isFinite(first) || answers.get(nameOf(ladder, first)) === mounted.above)
    )
  }

  /** The probes on both sides of a boundary. */
  probesOf({ ladder, last, first }: Boundary): readonly Probe[] {
    return [last, first].filter((x) => x >= 0 && Number.isFinite(x)).map((x) => rung(ladder, x))
  }

  async #mount(values: Values): Promise<ReadonlyMap<KnobName, Mounted>> {
    const mounted = new Map<KnobName, Mounted>()
    for (const ladder of LADDERS) {
      if (mounted.has(ladder.knob) || this.#bench.lacks(ladder.setup) !== undefined) continue
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
    const [near, far] = [rung(ladder, least + 1), rung(ladder, least + 5)]
    const high = await this.#model.answers(withValue(values, ladder.knob, largest), [near])
    const low = await this.#model.answers(withValue(values, ladder.knob, least + 2), [far])
    const below = high.get(near.name)
    const above = low.get(far.name)
    if (below === undefined || above === undefined || below === above) return undefined
    const most = ladder.knob === 'ackWindow' ? largest : Math.min(largest, this.#longest)
    return { ladder, below, above, most }
  }

  async #play(open: readonly Mounted[]): Promise<void> {
    const spans = new Map(open.map((each) => [each, { last: -1, first: Number.POSITIVE_INFINITY }]))
    for (let round = 0; round < ROUNDS; round++) {
      const asked = [...spans].map(([each, span]) => [each, numbersBetween(span, each.most)] as const)
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

  #narrowed(
    { ladder, below, above }: Mounted,
    numbers: readonly number[],
    before = { last: -1, first: Number.POSITIVE_INFINITY },
  ): { readonly span: { readonly last: number; readonly first: number }; readonly wrong?: string } {
    let { last, first } = before
    let unsteady = 0
    for (const x of numbers) {
      const name = nameOf(ladder, x)
      const answer = this.#bench.answers.get(name)
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

/** The numbers that a round asks for: at first each a quarter more than the one before, later evenly between two. */
function numbersBetween({ last, first }: { last: number; first: number }, most: number): readonly number[] {
  if (first - last <= 1 || last >= most) return []
  const numbers = new Set<number>()
  if (last < 0 && !Number.isFinite(first)) {
    numbers.add(0)
    const ratio = most ** (1 / (RUNGS - 2))
    for (let at = 0; at < RUNGS - 1; at++) numbers.add(Math.min(most, Math.round(ratio ** at)))
  } else {
    const to = Number.isFinite(first) ? first : most + 1
    for (let at = 1; at <= RUNGS; at++) numbers.add(Math.floor(last + ((to - last) * at) / (RUNGS + 1)))
  }
  return [...numbers].filter((x) => x > last && x < first && x <= most).sort((one, other) => one - other)
}

export function rung(ladder: Ladder, x: number): Probe {
  return {
    name: nameOf(ladder, x),
    setup: ladder.setup,
    script: ladder.script.replaceAll('$', String(x)),
  }
}

function nameOf({ setup, script }: Ladder, x: number): string {
  return `${setup}: ${script.replaceAll('$', String(x))}`
}

function keyOf({ knob, setup, script }: Ladder): string {
  return `${knob} ${setup} ${script}`
}

/** The values of a knob with which a system may have that boundary: beside numbers, its words. */
export function numbersFor({ last }: Boundary, knob: KnobName): readonly KnobValue[] {
  const { number } = KNOBS[knob]
  return [last, last + 1].filter((x) => x >= (number?.least ?? 0) && x <= (number?.most ?? 0))
}
