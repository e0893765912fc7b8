import type { ExceptionPolicy, OwnProfile, Setup } from '../../model/setup.ts'
import type { Session, Target } from '../../model/target.ts'
import { setupLacks } from '../../plan/capabilities.ts'
import { FlowbreakError, messageOf } from '../../support/errors.ts'
import type { RecordedProbe } from './evidence-files.ts'
import type { KnobName } from './knob-values.ts'
import { latenessOf, type Moment } from './lateness.ts'
import { type Compiled, compileProbes, playCompiled } from './play.ts'
import { type Answer, basePolicyOf, type Probe, type SetupName, setupInputFor } from './probe.ts'
import { Recording } from './recording.ts'
import { setupOver } from './setups.ts'

/** What came of a probe. */
export interface Outcome {
  readonly answer: Answer
  /** By packet, on a clock that cannot be set: when it was really sent. */
  readonly sent?: readonly Moment[]
  /** Seconds by which its waits were so long that its answer says nothing. */
  readonly late?: number
}

/** What is learned from: a target, brought to one profile, of which nothing is looked at but what it answers. */
export class Subject {
  readonly target: Target
  readonly #profile: string | OwnProfile
  readonly #signal: AbortSignal
  readonly #without: readonly string[]
  /** Timelines that were played, and packets in them. */
  replays = 0
  packets = 0
  #unseen = false
  /** By name, while it is there: the probes that are played, with their frames. */
  recorded: Map<string, RecordedProbe> | undefined

  /** Exception policies that it is brought to, the one in the place of drop first. */
  readonly policies: readonly ExceptionPolicy[]
  readonly base: ExceptionPolicy

  /** `without`: exception policies and kinds of sharing that it is not to be asked under. */
  constructor(
    target: Target,
    profile: string | OwnProfile,
    signal: AbortSignal,
    without: readonly string[] = [],
  ) {
    this.target = target
    this.#without = without
    this.#profile = profile
    this.#signal = signal
    this.policies = target.capabilities.policies.filter((policy) => !without.includes(policy))
    this.base = basePolicyOf(this.policies)
  }

  /** Whether what the target emits could be seen so far. */
  get seesEmissions(): boolean {
    return this.target.capabilities.observes.includes('emitted') && !this.#unseen
  }

  get #isTimed(): boolean {
    return this.target.capabilities.clock === 'real'
  }

  /** Why the target cannot be brought to a setup; undefined: it can. */
  lacks(name: SetupName): string | undefined {
    const setup = this.#setup(name)
    if (typeof setup === 'string')
      return setup.startsWith('policy: ')
        ? `policy ${setupInputFor(name, this.base).policy}`
        : `setup ${name} (${setup})`
    const { policy, topology } = setup
    if (this.#without.includes(policy.exception)) return `policy ${policy.exception}`
    if (this.#without.includes(topology.sharing.kind)) return `sharing ${topology.sharing.kind}`
    return setupLacks(setup, this.target.capabilities)
  }

  /** Whether the target cannot be set to a knob exactly under a setup: what shows is not the system's own value then. */
  isInexact(knob: KnobName, name: SetupName): boolean {
    const setup = this.#setup(name)
    return typeof setup !== 'string' && (this.target.inexact?.(setup) ?? []).includes(knob)
  }

  /** Plays probes of setups that the target has; each of their answers, by name. */
  async play(probes: readonly Probe[], seed: number): Promise<ReadonlyMap<string, Outcome>> {
    const outcomes = new Map<string, Outcome>()
    for (const group of groupsOf(probes)) {
      const [first] = group
      const setup = first === undefined ? 'no probes' : this.#setup(first.setup)
      if (typeof setup === 'string') throw new FlowbreakError('ERR_LEARN_SETUP', setup)
      await using session = await this.target.prepare(setup, this.#signal)
      const found = await this.#playGroup(group, session, setup, seed)
      for (const [at, { name }] of group.entries()) outcomes.set(name, found[at] ?? { answer: undefined })
    }
    return outcomes
  }

  /** What comes of each packet of a broken capture. */
  async playHeldOut(compiled: Compiled, policy: SetupName): Promise<readonly Outcome[]> {
    const setup = this.#setup(policy)
    if (typeof setup === 'string') throw new FlowbreakError('ERR_LEARN_SETUP', setup)
    await using session = await this.target.prepare(setup, this.#signal)
    this.replays++
    this.packets += compiled.packets
    const options = { session, setup, emissions: false, signal: this.#signal, timed: this.#isTimed }
    const { answers, sent } = await playCompiled(compiled, options)
    return answers.map((answer, at) => ({ answer, ...(sent === undefined ? {} : { sent: sent[at] ?? [] }) }))
  }

  async #playGroup(
    group: readonly Probe[],
    session: Session,
    setup: Setup,
    seed: number,
  ): Promise<readonly Outcome[]> {
    const compiled = compileProbes(group, seed)
    this.replays++
    this.packets += compiled.packets
    const emissions = this.target.capabilities.observes.includes('emitted')
    const recording = this.recorded === undefined ? undefined : new Recording()
    const { answers, unseen, sent } = await playCompiled(compiled, {
      session,
      setup,
      emissions,
      signal: this.#signal,
      timed: this.#isTimed,
      ...(recording === undefined ? {} : { recording }),
    })
    if (unseen) this.#unseen = true
    if (recording !== undefined)
      for (const [at, { name, setup: under, script }] of group.entries())
        this.recorded?.set(name, {
          name,
          setup: under,
          policy: setup.policy.exception,
          script,
          frames: recording.of(at),
        })
    return answers.map((answer, at) => {
      const times = sent?.[at]
      const probe = group[at]
      if (times === undefined || probe === undefined) return { answer }
      return { answer, sent: times, ...latenessOf(probe, times) }
    })
  }

  #setup(name: SetupName): Setup | string {
    try {
      return setupOver(this.#profile, name, this.base)
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
