import type { ExceptionPolicy, OwnProfile, Setup } from '../../model/setup.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { ReferenceTarget } from '../../target/reference/reference.ts'
import type { Values } from './knob-values.ts'
import { type Compiled, compileProbes, MOST_KEPT, playCompiled } from './play.ts'
import type { Answer, Probe, SetupName } from './probe.ts'
import { setupOver } from './setups.ts'
import { groupsOf } from './subject.ts'

/** The reference with supposed knobs: what a system that has them would answer. */
export class Model {
  readonly #target = new ReferenceTarget('model')
  readonly #signal: AbortSignal
  readonly #emissions: boolean
  readonly #compiled = new Map<string, Compiled>()
  /** Undefined: there is no such system. Many groups are asked of the same knobs under the same setup. */
  readonly #setups = new WeakMap<Values, Map<SetupName, Setup | undefined>>()
  readonly #base: ExceptionPolicy

  /** `emissions`: what is emitted can be seen on the target that is learned; `base`: its policy in the place of drop. */
  constructor(emissions: boolean, signal: AbortSignal, base: ExceptionPolicy = 'drop') {
    this.#emissions = emissions
    this.#signal = signal
    this.#base = base
  }

  /** The answers of a system with these knobs, by name of probe; a system that cannot have the setup has none. */
  async answers(values: Values, probes: readonly Probe[]): Promise<ReadonlyMap<string, Answer>> {
    const answers = new Map<string, Answer>()
    for (const group of groupsOf(probes)) {
      const setup = this.#setup(values, group)
      if (setup === undefined) continue
      await using session = await this.#target.prepare(setup)
      const { answers: found } = await playCompiled(this.#compile(group), {
        session,
        setup,
        emissions: this.#emissions,
        signal: this.#signal,
      })
      for (const [at, { name }] of group.entries()) answers.set(name, found[at])
    }
    return answers
  }

  /** What a system with these knobs would do with the packets of a broken capture. */
  async heldOut(values: Values, compiled: Compiled, policy: SetupName): Promise<readonly Answer[]> {
    const setup = this.#setup(values, [{ name: policy, setup: policy, script: '' }])
    if (setup === undefined) return []
    await using session = await this.#target.prepare(setup)
    const { answers } = await playCompiled(compiled, {
      session,
      setup,
      emissions: false,
      signal: this.#signal,
    })
    return answers
  }

  #compile(group: readonly Probe[]): Compiled {
    const key = group.map(({ setup, script }) => `${setup} ${script}`).join('\n')
    const known = this.#compiled.get(key)
    if (known !== undefined) return known
    const compiled = compileProbes(group, 1)
    if (compiled.packets <= MOST_KEPT) this.#compiled.set(key, compiled)
    return compiled
  }

  #setup(values: Values, [first]: readonly Probe[]): Setup | undefined {
    if (first === undefined) return undefined
    const known = this.#setups.get(values) ?? new Map<SetupName, Setup | undefined>()
    this.#setups.set(values, known)
    if (!known.has(first.setup)) known.set(first.setup, this.#makeSetup(values, first.setup))
    return known.get(first.setup)
  }

  #makeSetup(values: Values, name: SetupName): Setup | undefined {
    try {
      return setupOver(supposed(values), name, this.#base)
    } catch (thrown) {
      if (thrown instanceof FlowbreakError) return undefined
      throw thrown
    }
  }
}

/** A profile with these knobs; which it extends matters for none of them. */
function supposed(values: Values): OwnProfile {
  const knobs = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      { value, mark: 'INF', source: 'supposed' } as const,
    ]),
  )
  return {
    name: 'supposed',
    extends: 'suricata-7',
    knobs: { ...knobs, policies: { value: ['drop', 'reject', 'continue'], mark: 'INF', source: 'supposed' } },
  }
}
