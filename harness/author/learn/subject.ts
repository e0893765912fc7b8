import type { OwnProfile, Setup } from '../../model/setup.ts'
import type { Session, Target } from '../../model/target.ts'
import { setupLacks } from '../../plan/capabilities.ts'
import { makeSetup } from '../../suite/setup.ts'
import { FlowbreakError, messageOf } from '../../support/errors.ts'
import { type Compiled, compileProbes, playCompiled } from './play.ts'
import { type Answer, type Probe, SETUPS, type SetupName } from './probe.ts'

/** What is learned from: a target, brought to one profile, of which nothing is looked at but what it answers. */
export class Subject {
  readonly target: Target
  readonly #profile: string | OwnProfile
  readonly #signal: AbortSignal
  /** Timelines that were played, and packets in them. */
  replays = 0
  packets = 0
  #unseen = false

  constructor(target: Target, profile: string | OwnProfile, signal: AbortSignal) {
    this.target = target
    this.#profile = profile
    this.#signal = signal
  }

  /** Whether what the target emits could be seen so far. */
  get seesEmissions(): boolean {
    return this.target.capabilities.observes.includes('emitted') && !this.#unseen
  }

  /** Why the target cannot be brought to a setup; undefined: it can. */
  lacks(name: SetupName): string | undefined {
    const setup = this.#setup(name)
    if (typeof setup === 'string')
      return setup.startsWith('policy: ') ? `policy ${SETUPS[name].policy}` : `setup ${name} (${setup})`
    return setupLacks(setup, this.target.capabilities)
  }

  /** Plays probes of setups that the target has; each of their answers, by name. */
  async play(probes: readonly Probe[], seed: number): Promise<ReadonlyMap<string, Answer>> {
    const answers = new Map<string, Answer>()
    for (const group of groupsOf(probes)) {
      const [first] = group
      const setup = first === undefined ? 'no probes' : this.#setup(first.setup)
      if (typeof setup === 'string') throw new FlowbreakError('ERR_LEARN_SETUP', setup)
      await using session = await this.target.prepare(setup, this.#signal)
      const found = await this.#playGroup(group, session, setup, seed)
      for (const [at, { name }] of group.entries()) answers.set(name, found[at])
    }
    return answers
  }

  /** What comes of each packet of a broken capture. */
  async playHeldOut(compiled: Compiled, policy: SetupName): Promise<readonly Answer[]> {
    const setup = this.#setup(policy)
    if (typeof setup === 'string') throw new FlowbreakError('ERR_LEARN_SETUP', setup)
    await using session = await this.target.prepare(setup, this.#signal)
    this.replays++
    this.packets += compiled.packets
    const options = { session, setup, emissions: false, signal: this.#signal }
    return (await playCompiled(compiled, options)).answers
  }

  async #playGroup(
    group: readonly Probe[],
    session: Session,
    setup: Setup,
    seed: number,
  ): Promise<readonly Answer[]> {
    const compiled = compileProbes(group, seed)
    this.replays++
    this.packets += compiled.packets
    const emissions = this.target.capabilities.observes.includes('emitted')
    const { answers, unseen } = await playCompiled(compiled, {
      session,
      setup,
      emissions,
      signal: this.#signal,
    })
    if (unseen) this.#unseen = true
    return answers
  }

  #setup(name: SetupName): Setup | string {
    try {
      return makeSetup({ hosts: 1, profile: this.#profile, ...SETUPS[name] })
    } catch (thrown) {
      return messageOf(thrown)
    }
  }
}

/** Probes that one timeline holds: all of one setup, but for those in which something happens to hosts. */
export function groupsOf(probes: readonly Probe[]): readonly (readonly Probe[])[] {
  const together = new Map<SetupName, Probe[]>()
  const groups: (readonly Probe[])[] = []
  for (const probe of probes) {
    if (probe.alone === true) groups.push([probe])
    else {
      const group = together.get(probe.setup) ?? []
      group.push(probe)
      together.set(probe.setup, group)
    }
  }
  return [...together.values(), ...groups]
}
