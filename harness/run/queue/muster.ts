import { setTimeout as sleep } from 'node:timers/promises'
import type { Target } from '../../model/target.ts'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import { beatMs } from './keys.ts'
import type { Link } from './link.ts'
import { type Registration, Roster } from './roster.ts'

/** A target that workers have, and the queue to reach it. */
export interface Mustered {
  /** The name of the queue for its lots. */
  readonly queue: string
  /** What it lacks, by the name of a case that it cannot play; absent: its capabilities are enough to know. */
  readonly lacking?: Map<string, string>
}

/** The workers of a run: finds those that have its targets, and tells others why they get no part of it. */
export class Muster {
  /** By the name of the target. */
  readonly found = new Map<string, Mustered>()
  readonly #link: Link
  readonly #flowbreak: string
  readonly #say: (sentence: string) => void
  readonly #roster: Roster
  readonly #told = new Set<string>()
  /** By target: since when there has been no worker for it. */
  readonly #alone = new Map<string, number>()

  /** `say`: shows sentences to the user. */
  constructor(link: Link, flowbreak: string, say: (sentence: string) => void) {
    this.#link = link
    this.#flowbreak = flowbreak
    this.#say = say
    this.#roster = new Roster(link)
  }

  /** The target of that name in the form that most workers have; waits for one. Throws ERR_QUEUE_WORKERS. */
  async target(name: string, signal: AbortSignal): Promise<Target> {
    const { address } = this.#link
    const until = performance.now() + address.wait * 1000
    for (let isFirst = true; ; isFirst = false) {
      signal.throwIfAborted()
      const fitting = this.#fitting(name, await this.#roster.list())
      const worker = commonest(fitting)
      if (worker !== undefined) {
        for (const other of fitting) if (other.queue !== worker.queue) this.#unlike(other, worker)
        return this.#remote(worker)
      }
      if (performance.now() >= until) throw this.#nobody(name)
      if (isFirst) this.#say(`waiting for a worker of target ${name} at ${address.name}`)
      await sleep(beatMs(address) / 2, undefined, { signal }).catch(() => undefined)
    }
  }

  /** Checks that there is a worker for each target. Throws ERR_QUEUE_WORKERS if there has been none for too long. */
  async look(): Promise<void> {
    const workers = await this.#roster.list()
    for (const [name, { queue }] of this.found) {
      const isServed = this.#fitting(name, workers).some((worker) => worker.queue === queue)
      const since = this.#alone.get(name) ?? performance.now()
      if (isServed) this.#alone.delete(name)
      else this.#alone.set(name, since)
      if (!isServed && performance.now() - since > this.#link.address.wait * 1000) throw this.#nobody(name)
    }
  }

  #remote({ target, queue }: Registration): Target {
    const { asks, ...said } = target
    const lacking = asks ? new Map<string, string>() : undefined
    this.found.set(target.name, { queue, ...(lacking === undefined ? {} : { lacking }) })
    return {
      ...said,
      ...(lacking === undefined ? {} : { lacks: (test) => lacking.get(test.name) }),
      prepare: () => {
        throw new FlowbreakError('ERR_QUEUE', `Target ${target.name} runs on workers, not here.`)
      },
    }
  }

  /** Workers with the target of that name and this version of flowbreak; others are refused. */
  #fitting(name: string, workers: readonly Registration[]): readonly Registration[] {
    return workers.filter((worker) => {
      if (worker.target.name !== name) return false
      if (worker.flowbreak === this.#flowbreak) return true
      if (!this.#told.has(worker.id)) this.#refuse(worker)
      return false
    })
  }

  #refuse(worker: Registration): void {
    const { id, flowbreak, target } = worker
    this.#told.add(id)
    this.#say(
      `${nameOf(worker)} is of flowbreak ${flowbreak} and this run of ${this.#flowbreak}: it gets nothing to play`,
    )
    const note = `a run of flowbreak ${this.#flowbreak} wants to play on ${target.name}, and this worker is of ${flowbreak}: install the same to take part`
    this.#roster.tell(id, note).catch(() => undefined)
  }

  #unlike(other: Registration, worker: Registration): void {
    const { name, version } = other.target
    this.#say(
      `${nameOf(other)} has another ${name} (${version}) than ${nameOf(worker)} (${worker.target.version}): it gets nothing of this run`,
    )
  }

  #nobody(name: string): FlowbreakError {
    const { wait, name: place } = this.#link.address
    return new FlowbreakError(
      'ERR_QUEUE_WORKERS',
      `There was no worker of target ${name} and flowbreak ${this.#flowbreak} at ${place} for ${wait} s: start flowbreak worker --queue URL --target ${name}.`,
      { exitCode: ExitCode.broken },
    )
  }
}

/** One of the workers whose target is the most common. */
function commonest(workers: readonly Registration[]): Registration | undefined {
  const count = ({ queue }: Registration) => workers.filter((other) => other.queue === queue).length
  return [...workers].sort((a, b) => count(b) - count(a) || (a.queue < b.queue ? -1 : 1))[0]
}

function nameOf({ host, pid }: Registration): string {
  return `the worker ${host}:${pid}`
}
