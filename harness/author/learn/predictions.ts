import type { KnobValue } from '../../model/setup.ts'
import { choicesOf, type KnobName, knobNames, sameValue, type Values, withValue } from './knob-values.ts'
import type { Model } from './model.ts'
import type { Answer, Probe } from './probe.ts'

export type Answers = ReadonlyMap<string, Answer>

/** A system that differs from the supposed one in one knob. */
export interface Rival {
  readonly knob: KnobName
  readonly value: KnobValue
  readonly values: Values
}

/** What systems would answer to a pool of probes, each worked out once. */
export class Predictions {
  readonly #model: Model
  readonly #known = new Map<string, Promise<Answers>>()
  pool: readonly Probe[]

  constructor(model: Model, pool: readonly Probe[]) {
    this.#model = model
    this.pool = pool
  }

  /** Another pool, of which nothing is known yet. */
  use(pool: readonly Probe[]): void {
    if (pool.length === this.pool.length && pool.every((probe, at) => probe.script === this.pool[at]?.script))
      return
    this.pool = pool
    this.#known.clear()
  }

  of(values: Values): Promise<Answers> {
    const key = JSON.stringify(values)
    const known = this.#known.get(key) ?? this.#model.answers(values, this.pool)
    this.#known.set(key, known)
    return known
  }
}

/** All that differ in one knob which takes words. `more`: values of knobs that take numbers too. */
export function rivalsOf(
  values: Values,
  more: ReadonlyMap<KnobName, readonly KnobValue[]>,
): readonly Rival[] {
  return knobNames()
    .filter((knob) => !knob.startsWith('lb') && knob !== 'policies')
    .flatMap((knob) =>
      [...choicesOf(knob), ...(more.get(knob) ?? [])]
        .filter((value) => !sameValue(value, values[knob]))
        .map((value) => ({ knob, value, values: withValue(values, knob, value) })),
    )
}

/** Probes of the pool that were answered otherwise; all of them where there is no such system. */
export function mismatches(observed: ReadonlyMap<string, string>, predicted: Answers): readonly string[] {
  const wrong: string[] = []
  for (const [name, answer] of observed) if (predicted.get(name) !== answer) wrong.push(name)
  return wrong
}
