import type { KnobValue } from '../../model/setup.ts'
import { getProfile, profileNames } from '../../profile/index.ts'
import type { Bench } from './bench.ts'
import { type KnobName, type Values, valuesOf } from './knob-values.ts'
import { type Answers, mismatches, type Predictions, type Rival, rivalsOf } from './predictions.ts'
import type { Probe } from './probe.ts'

/** Probes of one batch at most that are about the same rival. */
const BATCHES = 40
/** Pairs of knobs that are tried where no single one explains what was observed. */
const MOST_PAIRS = 300

export interface Supposed {
  readonly values: Values
  /** By knob: values beside its words that are to be told apart too. */
  readonly more: ReadonlyMap<KnobName, readonly KnobValue[]>
}

/**
 * Finds the knobs that take words: supposes a system, asks what divides it from all that differ from it in one knob, plays the probes
 * that divide most, and supposes another where the answers are not those of the first; until no probe divides any more.
 */
export async function findStructure(
  supposed: Supposed,
  predictions: Predictions,
  bench: Bench,
): Promise<Values> {
  let values = await climb(supposed.values, supposed.more, predictions, bench)
  for (let batch = 0; batch < BATCHES; batch++) {
    const rivals = rivalsOf(values, supposed.more)
    const next = await nextProbes(values, rivals, predictions, bench)
    if (next.length === 0) return values
    await bench.play(next)
    values = await climb(values, supposed.more, predictions, bench)
  }
  return values
}

/** The probes that, taken together, divide all rivals that can still be divided, each of them the one that divides most. */
async function nextProbes(
  values: Values,
  rivals: readonly Rival[],
  predictions: Predictions,
  bench: Bench,
): Promise<readonly Probe[]> {
  const own = await predictions.of(values)
  const observed = playedOf(predictions, bench)
  const unexplained = new Set(mismatches(observed, own))
  const open: (readonly [Answers, Answers])[] = []
  for (const rival of rivals) {
    const theirs = await predictions.of(rival.values)
    if (mismatches(observed, theirs).every((name) => unexplained.has(name))) open.push([own, theirs])
  }
  return dividing(open, predictions.pool, bench)
}

/** Greedily: the probe that divides most of the pairs of systems that are left, and so on. */
export function dividing(
  pairs: readonly (readonly [Answers, Answers])[],
  pool: readonly Probe[],
  bench: Bench,
): readonly Probe[] {
  const left = new Set(pairs)
  const free = new Set(pool.filter(({ name }) => !bench.answers.has(name) && !bench.unsteady.has(name)))
  const chosen: Probe[] = []
  for (;;) {
    let best: Probe | undefined
    let most = 0
    for (const probe of free) {
      let count = 0
      for (const pair of left) if (isDivided(pair, probe)) count++
      if (count > most) {
        best = probe
        most = count
      }
    }
    if (best === undefined) return chosen
    chosen.push(best)
    free.delete(best)
    for (const pair of left) if (isDivided(pair, best)) left.delete(pair)
  }
}

function isDivided([one, other]: readonly [Answers, Answers], { name }: Probe): boolean {
  return one.get(name) !== other.get(name)
}

/** What was observed of the probes of the pool. */
export function playedOf({ pool }: Predictions, { answers }: Bench): ReadonlyMap<string, string> {
  const played = new Map<string, string>()
  for (const { name } of pool) {
    const answer = answers.get(name)
    if (answer !== undefined) played.set(name, answer)
  }
  return played
}

/**
 * The nearest system that answers as was observed: one knob after the other, from the supposed system, and where that leads nowhere
 * from each shipped profile; in the end two knobs at once.
 */
export async function climb(
  from: Values,
  more: Supposed['more'],
  predictions: Predictions,
  bench: Bench,
): Promise<Values> {
  const observed = playedOf(predictions, bench)
  const wrongOf = async (values: Values) => mismatches(observed, await predictions.of(values)).length
  const starts = [from, ...profileNames().map((name) => valuesOf(getProfile(name)))]
  let best: Reached = { values: from, wrong: Number.POSITIVE_INFINITY }
  for (const start of starts) {
    const reached = await descend(start, wrongOf, more)
    if (reached.wrong < best.wrong) best = reached
    if (best.wrong === 0) return best.values
  }
  for (;;) {
    const pair = await bestPair(best, wrongOf, await touching(best.values, more, predictions, observed))
    if (pair === undefined) return best.values
    best = await descend(pair.values, wrongOf, more)
    if (best.wrong === 0) return best.values
  }
}

interface Reached {
  readonly values: Values
  /** Probes that it does not explain. */
  readonly wrong: number
}
type WrongOf = (values: Values) => Promise<number>

/** As long as one knob explains more than before. */
async function descend(values: Values, wrongOf: WrongOf, more: Supposed['more']): Promise<Reached> {
  let reached = { values, wrong: await wrongOf(values) }
  while (reached.wrong > 0) {
    let best = reached
    for (const rival of rivalsOf(reached.values, more)) {
      const wrong = await wrongOf(rival.values)
      if (wrong < best.wrong) best = { values: rival.values, wrong }
    }
    if (best === reached) return reached
    reached = best
  }
  return reached
}

/** What differs in one knob, and is answered otherwise where the answers are not explained. */
async function touching(
  values: Values,
  more: Supposed['more'],
  predictions: Predictions,
  observed: ReadonlyMap<string, string>,
): Promise<readonly Rival[]> {
  const own = await predictions.of(values)
  const unexplained = mismatches(observed, own)
  const found: Rival[] = []
  for (const rival of rivalsOf(values, more)) {
    const theirs = await predictions.of(rival.values)
    if (unexplained.some((name) => theirs.get(name) !== own.get(name))) found.push(rival)
  }
  return found
}

/** The best of two knobs at once, the first of which is one of these. */
async function bestPair(
  from: Reached,
  wrongOf: WrongOf,
  firsts: readonly Rival[],
): Promise<Reached | undefined> {
  let tried = 0
  let best: Reached | undefined
  for (const first of firsts)
    for (const second of rivalsOf(first.values, new Map())) {
      if (second.knob === first.knob) continue
      if (tried++ >= MOST_PAIRS) return best
      const wrong = await wrongOf(second.values)
      if (wrong < (best?.wrong ?? from.wrong)) best = { values: second.values, wrong }
      if (wrong === 0) return best
    }
  return best
}
