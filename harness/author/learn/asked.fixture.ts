import type { KnobValue } from '../../model/setup.ts'
import { type KnobName, secondsOf, type Values, withValue } from './knob-values.ts'
import { LADDERS } from './ladders.ts'
import { MOST_FLOWS } from './learned.fixture.ts'
import { Model } from './model.ts'
import { resolved } from './pool.ts'
import type { Answer, Probe } from './probe.ts'
import { PROBES } from './probes.ts'
import { rung } from './rungs.ts'
import { groupsOf } from './subject.ts'

const model = new Model(true, new AbortController().signal)
/** By knob: the setups that divided its values before, the last one first. */
const before = new Map<KnobName, string[]>()

/** A system, and what the reference as that answers, each group of probes asked once; tables are filled with `MOST_FLOWS` at most. */
export class Asked {
  readonly values: Values
  readonly #groups: readonly (readonly Probe[])[]
  readonly #own = new Map<string, Promise<ReadonlyMap<string, Answer>>>()

  constructor(values: Values) {
    this.values = values
    this.#groups = groupsOf(PROBES.map((probe) => ({ ...probe, script: resolved(probe.script, values) })))
  }

  /** Whether some probe, or some rung of the knob's ladders about its value, is answered otherwise with another value. */
  async divides(knob: KnobName, value: KnobValue): Promise<boolean> {
    const other = withValue(this.values, knob, value)
    for (const group of [...this.#rungs(knob, other), ...this.#likely(knob)])
      if (await this.#isDivided(group, other)) {
        const key = keyOf(group)
        before.set(knob, [key, ...(before.get(knob) ?? []).filter((each) => each !== key)])
        return true
      }
    return false
  }

  #likely(knob: KnobName): readonly (readonly Probe[])[] {
    const known = before.get(knob) ?? []
    const rank = (group: readonly Probe[]) =>
      (known.indexOf(keyOf(group)) + known.length + 1) % (known.length + 1)
    return [...this.#groups].sort((one, another) => rank(one) - rank(another))
  }

  *#rungs(knob: KnobName, other: Values): Generator<readonly Probe[]> {
    const numbers = [this.values, other].map((values) => secondsOf(values, knob)).filter(Number.isFinite)
    const around = new Set(numbers.flatMap((x) => [x - 1, x, x + 1]).filter((x) => x >= 0))
    for (const ladder of LADDERS.filter((each) => each.knob === knob)) {
      const script = resolved(ladder.script, this.values)
      const most = ladder.flows === true ? MOST_FLOWS : Number.POSITIVE_INFINITY
      yield [...around].filter((x) => x <= most).map((x) => rung({ ...ladder, script }, x))
    }
  }

  async #isDivided(group: readonly Probe[], other: Values): Promise<boolean> {
    const key = group.map(({ setup, script }) => `${setup} ${script}`).join('\n')
    const own = this.#own.get(key) ?? model.answers(this.values, group)
    this.#own.set(key, own)
    const [mine, theirs] = [await own, await model.answers(other, group)]
    // There is no such system, or none that can have the setup.
    if (mine.size === 0 || theirs.size === 0) return false
    return group.some(({ name }) => mine.get(name) !== theirs.get(name))
  }
}

function keyOf(group: readonly Probe[]): string {
  return group.length === 1 ? (group[0]?.name ?? '') : (group[0]?.setup ?? '')
}
