import type { ExceptionPolicy } from '../../model/setup.ts'
import { messageOf } from '../../support/errors.ts'
import type { Ladder } from './ladders.ts'
import { parseProbe } from './notation.ts'
import { eventsOf } from './play.ts'
import type { Probe, SetupName } from './probe.ts'
import type { Outcome, Subject } from './subject.ts'

/** Played with every batch, in each of its setups: a target that is well lets them through each time. */
const CONNECTION = 'open >PA:10 <PA:10 >A'
const DATAGRAM = '>u <u'
/** Seconds until the last of them. */
const LATE = 5
/** Probes of a batch that is not halved when something is wrong with it, and how many such in a row are too many. */
const SMALL_BATCH = 8
const MOST_FAILURES = 6
/** How often probes are tried whose packets could not be sent in time, or came out so late that nothing can be said of them. */
const TRIES = 3

/** A fragment of a datagram or of a segment, in a script. */
const FRAGMENT = /[<>][fg]:/

const OPEN = /^F( F)*$/

/**
 * Plays probes as often as is asked for, each time between other addresses, and keeps the answers that are the same each time. What is
 * wrong with the target is noted, never thrown: its other answers still count.
 */
export class Bench {
  readonly #subject: Subject
  readonly #repeat: number
  #seed: number
  /** By name: what came of a probe each time. */
  readonly answers = new Map<string, string>()
  /** By name: probes that were answered in more than one way, or not at all. */
  readonly unsteady = new Map<string, string>()
  /** What is wrong with the target, a sentence each. */
  readonly troubles = new Set<string>()
  /** In a row. */
  #failures = 0
  /** Probes that are tried at a time. */
  #most = Number.POSITIVE_INFINITY
  readonly #lacking = new Map<SetupName, string | undefined>()
  /** Probes that were played to see how long something lasts. */
  #measured = 0

  constructor(subject: Subject, seed: number, repeat: number) {
    this.#subject = subject
    this.#seed = seed
    this.#repeat = repeat
  }

  /** Exception policies that the target is brought to. */
  get policies(): readonly ExceptionPolicy[] {
    return this.#subject.policies
  }

  /** Why a setup cannot be played; undefined: it can. */
  lacks(setup: SetupName): string | undefined {
    if (!this.#lacking.has(setup)) this.#lacking.set(setup, this.#subject.lacks(setup))
    return this.#lacking.get(setup)
  }

  /** The same of a probe, in which something may happen to hosts, or be sent that no target of the kind is to be asked about. */
  lacksOf({ setup, script }: Pick<Probe, 'setup' | 'script'>): string | undefined {
    const { unreliable = [], capabilities } = this.#subject.target
    const { events } = capabilities
    if (unreliable.includes('fragments') && FRAGMENT.test(script))
      return this.lacks(setup) ?? 'reliable answers about fragments'
    if (!script.includes('[')) return this.lacks(setup)
    const missing = parseProbe(script)
      .flatMap(({ event }) => (event === undefined ? [] : eventsOf(event)))
      .find(({ kind }) => !events.includes(kind))
    return this.lacks(setup) ?? (missing === undefined ? undefined : `event ${missing.kind}`)
  }

  /** The same of a ladder, whose number the target may not be able to keep. */
  lacksOfLadder(ladder: Ladder): string | undefined {
    const inexact = this.#subject.isInexact(ladder.knob, ladder.setup)
    return this.lacksOf(ladder) ?? (inexact ? 'a clock that can keep it exactly' : undefined)
  }

  /** Plays probes that were not yet; a target that breaks leaves them without answers. */
  async play(probes: readonly Probe[]): Promise<void> {
    const fresh = probes.filter(({ name }) => !this.answers.has(name) && !this.unsteady.has(name))
    if (fresh.length === 0) return
    const times = await this.#playOften(fresh)
    for (const { name } of fresh) {
      const outcomes = times.map((answers) => answers.get(name))
      const [first, ...others] = outcomes.map((outcome) => outcome?.answer)
      const late = outcomes.find((outcome) => outcome?.late !== undefined)?.late
      if (late !== undefined)
        this.unsteady.set(name, `could not be played in time: a packet was ${late.toFixed(1)} s late`)
      else if (first === undefined) this.unsteady.set(name, 'was not answered')
      else if (others.every((other) => other === first)) this.answers.set(name, first)
      else
        this.unsteady.set(
          name,
          `was answered ${[first, ...others].map((answer) => answer ?? 'not at all').join(', then ')}`,
        )
    }
  }

  /** Time passes by itself, and is measured. */
  get isTimed(): boolean {
    return this.#subject.target.capabilities.clock === 'real'
  }

  /** Seconds of a timeline in one of the target's clock. */
  get clockScale(): number {
    return this.#subject.target.capabilities.clockScale
  }

  /** Probes that were played. */
  get played(): number {
    return this.answers.size + this.unsteady.size + this.#measured
  }

  /** Plays probes of which it counts how long they really waited; every time that each of them was answered. */
  async measure(probes: readonly Probe[]): Promise<ReadonlyMap<string, readonly Outcome[]>> {
    this.#measured += probes.length
    const times = await this.#playOften(probes)
    return new Map(
      probes.map(({ name }) => [
        name,
        times.flatMap((answers) => {
          const outcome = answers.get(name)
          return outcome === undefined ? [] : [outcome]
        }),
      ]),
    )
  }

  /** As often as is asked for: one after the other, but where time passes by itself beside each other. */
  async #playOften(probes: readonly Probe[]): Promise<readonly ReadonlyMap<string, Outcome>[]> {
    const times = Array.from({ length: this.#repeat }, (_, time) => time)
    if (!this.isTimed) {
      const played: ReadonlyMap<string, Outcome>[] = []
      for (const _ of times) played.push(await this.#playOnce(probes))
      return played
    }
    const all = new Map<string, Outcome>()
    const nameOf = (name: string, time: number) => `${name} (time ${time + 1})`
    let left = probes.flatMap((probe) => times.map((time) => ({ ...probe, name: nameOf(probe.name, time) })))
    for (let tries = 0; tries < TRIES && left.length > 0; tries++) {
      for (const [name, outcome] of await this.#playOnce(left)) all.set(name, outcome)
      left = left.filter(({ name }) => all.get(name)?.late !== undefined)
    }
    return times.map((time) => {
      const own = new Map<string, Outcome>()
      for (const { name } of probes) {
        const outcome = all.get(nameOf(name, time))
        if (outcome !== undefined) own.set(name, outcome)
      }
      return own
    })
  }

  /** Plays probes once more, and tells those that are not answered as they were. */
  async again(probes: readonly Probe[]): Promise<readonly string[]> {
    const answers = await this.#playOnce(probes)
    return probes.flatMap(({ name }) => {
      const was = this.answers.get(name)
      const outcome = answers.get(name)
      const answer = outcome?.answer
      // What came out late each time says nothing of a change; what was not played at all does.
      const isDoubtful = outcome !== undefined && (outcome.late !== undefined || answer === undefined)
      if (was === undefined || answer === was || isDoubtful) return []
      this.answers.delete(name)
      this.unsteady.set(name, `was answered ${was} at first, and ${answer ?? 'not at all'} in the end`)
      return [name]
    })
  }

  /** A batch in which a sentinel does not come through counts for nothing: fewer are tried at a time from then on. */
  async #playOnce(probes: readonly Probe[]): Promise<ReadonlyMap<string, Outcome>> {
    const answers = new Map<string, Outcome>()
    let left = probes
    for (let tries = 0; tries < TRIES && left.length > 0; tries++) {
      for (const [name, outcome] of await this.#playBatches(left)) answers.set(name, outcome)
      left = left.filter(({ name }) => answers.has(name) && answers.get(name)?.answer === undefined)
    }
    return answers
  }

  async #playBatches(probes: readonly Probe[]): Promise<ReadonlyMap<string, Outcome>> {
    const answers = new Map<string, Outcome>()
    let from = 0
    while (from < probes.length && this.#failures < MOST_FAILURES) {
      const batch = probes.slice(from, from + this.#most)
      const found = await this.#tryOnce(batch)
      if (found === undefined) {
        this.#failures++
        if (batch.length > SMALL_BATCH) this.#most = batch.length >> 1
        else from += batch.length
        continue
      }
      this.#failures = 0
      from += batch.length
      for (const [name, answer] of found) answers.set(name, answer)
    }
    return answers
  }

  async #tryOnce(probes: readonly Probe[]): Promise<ReadonlyMap<string, Outcome> | undefined> {
    const before = sentinelsOf(probes)
    const sentinels = [
      ...before,
      ...before.map((probe) => again(probe)),
      ...before.map((probe) => again(probe, LATE)),
    ]
    try {
      const all = [...before, ...probes, ...sentinels.slice(before.length)]
      let answers: ReadonlyMap<string, Outcome> = new Map()
      let lost: Probe | undefined
      // One that came out late was let through, and tells no more than that all of them may have been late.
      for (let tries = 0; tries < TRIES; tries++) {
        answers = await this.#subject.play(all, this.#seed++)
        lost = sentinels.find(({ name }) => !OPEN.test(answers.get(name)?.answer ?? ''))
        if (lost === undefined) return answers
        const doubtful = answers.get(lost.name)
        if (doubtful === undefined || doubtful.answer !== undefined) break
      }
      if (lost === undefined) return answers
      const came = answers.get(lost.name)?.answer ?? 'not at all'
      this.troubles.add(
        `of ${probes.length} probes at once, ${lost.name} was answered ${came}, which any firewall lets through`,
      )
    } catch (thrown) {
      this.troubles.add(`the target broke: ${messageOf(thrown)}`)
    }
    return undefined
  }
}

/** Setups whose rules stop the one or the other. */
const NO_CONNECTION: ReadonlySet<SetupName> = new Set([
  'both',
  'passed',
  'established',
  'pickedUp',
  'blocked',
])
const NO_DATAGRAM: ReadonlySet<SetupName> = new Set([
  'refused',
  'datagram',
  'established',
  'pickedUp',
  'blocked',
])

function sentinelsOf(probes: readonly Probe[]): readonly Probe[] {
  return [...new Set(probes.map(({ setup }) => setup))].flatMap((setup) => [
    ...(NO_CONNECTION.has(setup) ? [] : [{ name: `a connection under ${setup}`, setup, script: CONNECTION }]),
    ...(NO_DATAGRAM.has(setup)
      ? []
      : [{ name: `a datagram and its answer under ${setup}`, setup, script: DATAGRAM }]),
  ])
}

/** The same, sent when all else has begun, or so many seconds later. */
function again(probe: Probe, later?: number): Probe {
  if (later === undefined) return { ...probe, name: `${probe.name} in the end` }
  return { ...probe, name: `${probe.name} a while later`, script: `+${later} ${probe.script}` }
}
