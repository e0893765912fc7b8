import type { ExceptionPolicy } from '../../model/setup.ts'
import { messageOf } from '../../support/errors.ts'
import { parseProbe } from './notation.ts'
import { eventsOf } from './play.ts'
import type { Answer, Probe, SetupName } from './probe.ts'
import type { Subject } from './subject.ts'

/** Played with every batch, in each of its setups: a target that is well lets them through each time. */
const CONNECTION = 'open >PA:10 <PA:10 >A'
const DATAGRAM = '>u <u'
/** Seconds until the last of them. */
const LATE = 5
/** Probes of a batch that is not halved when something is wrong with it, and how many such in a row are too many. */
const SMALL_BATCH = 8
const MOST_FAILURES = 6

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

  /** The same of a probe, in which something may happen to hosts. */
  lacksOf({ setup, script }: Probe): string | undefined {
    const { events } = this.#subject.target.capabilities
    if (!script.includes('[')) return this.lacks(setup)
    const missing = parseProbe(script)
      .flatMap(({ event }) => (event === undefined ? [] : eventsOf(event)))
      .find(({ kind }) => !events.includes(kind))
    return this.lacks(setup) ?? (missing === undefined ? undefined : `event ${missing.kind}`)
  }

  /** Plays probes that were not yet; a target that breaks leaves them without answers. */
  async play(probes: readonly Probe[]): Promise<void> {
    const fresh = probes.filter(({ name }) => !this.answers.has(name) && !this.unsteady.has(name))
    if (fresh.length === 0) return
    const times: ReadonlyMap<string, Answer>[] = []
    for (let time = 0; time < this.#repeat; time++) times.push(await this.#playOnce(fresh))
    for (const { name } of fresh) {
      const [first, ...others] = times.map((answers) => answers.get(name))
      if (first === undefined) this.unsteady.set(name, 'was not answered')
      else if (others.every((other) => other === first)) this.answers.set(name, first)
      else this.unsteady.set(name, `was answered ${[first, ...others].join(', then ')}`)
    }
  }

  /** Plays probes once more, and tells those that are not answered as they were. */
  async again(probes: readonly Probe[]): Promise<readonly string[]> {
    const answers = await this.#playOnce(probes)
    return probes.flatMap(({ name }) => {
      const was = this.answers.get(name)
      if (was === undefined || answers.get(name) === was) return []
      this.answers.delete(name)
      this.unsteady.set(
        name,
        `was answered ${was} at first, and ${answers.get(name) ?? 'not at all'} in the end`,
      )
      return [name]
    })
  }

  /** A batch in which a sentinel does not come through counts for nothing: fewer are tried at a time from then on. */
  async #playOnce(probes: readonly Probe[]): Promise<ReadonlyMap<string, Answer>> {
    const answers = new Map<string, Answer>()
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

  async #tryOnce(probes: readonly Probe[]): Promise<ReadonlyMap<string, Answer> | undefined> {
    const before = sentinelsOf(probes)
    const sentinels = [
      ...before,
      ...before.map((probe) => again(probe)),
      ...before.map((probe) => again(probe, LATE)),
    ]
    try {
      const all = [...before, ...probes, ...sentinels.slice(before.length)]
      const answers = await this.#subject.play(all, this.#seed++)
      const lost = sentinels.find(({ name }) => !OPEN.test(answers.get(name) ?? ''))
      if (lost === undefined) return answers
      const came = answers.get(lost.name) ?? 'not at all'
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
