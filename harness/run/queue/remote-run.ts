import { setTimeout as sleep } from 'node:timers/promises'
import { Queue } from 'bullmq'
import type { Case } from '../../model/case.ts'
import type { Target } from '../../model/target.ts'
import { asFlowbreakError, ExitCode, FlowbreakError } from '../../support/errors.ts'
import { summaryOf } from '../play.ts'
import {
  type Lot,
  type LotEvent,
  type LotPlayer,
  type TakeLotEvent,
  WORKER_LOST,
  withoutDone,
} from '../work/lot.ts'
import { Desk } from './desk.ts'
import { keepFiles } from './files.ts'
import { type RunKeys, runTtl, tidyArguments } from './keys.ts'
import type { Link } from './link.ts'
import { packTask, type RunSpec, type Task, type Told, toldIn } from './messages.ts'
import type { Muster } from './muster.ts'

/** Most lots that are offered at once, enough for workers never to wait for one. */
const SLOTS = 128
/** Most cases that a target is asked about at once. */
const ASKED = 256
/** If a run is killed and no worker ever comes by, BullMQ's remains of its jobs expire after this time. */
const FORGOTTEN_MS = 2 * 86_400_000
/** How long to wait for workers that were called off, so that nothing is left behind. */
const CALLED_OFF_MS = 5000
const POLL_MS = 50

/** How an attempt ended. `moved`: it is undone, and no worker was lost with it. */
type End = 'done' | 'moved' | 'lost'
type Take = (told: Told, line: string, keys: RunKeys) => Promise<void>

export interface RemoteRunOptions {
  readonly run: string
  readonly spec: RunSpec
  /** The folder of the log and of the files beside it. */
  readonly folder: string
}

/** A run whose cases are played by workers elsewhere: it makes the plan, and they take lots from queues. */
export class RemoteRun implements LotPlayer {
  readonly slots = SLOTS
  readonly #link: Link
  readonly #muster: Muster
  readonly #desk: Desk
  readonly #run: string
  readonly #folder: string
  /** By the name of a target. */
  readonly #queues = new Map<string, Queue>()
  /** Keys of jobs that may still exist. */
  readonly #jobs = new Set<string>()
  readonly #heeded = new WeakSet<AbortSignal>()
  #next = 0

  /** The targets must be those that `muster` has found. */
  constructor(link: Link, muster: Muster, { run, spec, folder }: RemoteRunOptions) {
    this.#link = link
    this.#muster = muster
    this.#run = run
    this.#folder = folder
    for (const [target, { queue }] of muster.found) this.#queues.set(target, openQueue(link, queue))
    this.#desk = new Desk(link, muster, run, spec)
  }

  /** Asks workers which of the cases their targets cannot play, if the capabilities do not tell. */
  async survey(target: Target, cases: readonly Case[], signal: AbortSignal): Promise<void> {
    const lacking = this.#muster.found.get(target.name)?.lacking
    if (lacking === undefined) return
    const take: Take = async (told) => {
      if ('lacks' in told) for (const [name, what] of Object.entries(told.lacks)) lacking.set(name, what)
    }
    const ask = async (some: readonly Case[]): Promise<void> => {
      const lot = { index: 0, target: target.name, setup: '', cases: some, replays: [] }
      let end: End = 'moved'
      while (end !== 'done' && !signal.aborted)
        end = await this.#attempt({ kind: 'lacks', lot }, [], signal, take)
    }
    const asking: Promise<void>[] = []
    for (let from = 0; from < cases.length; from += ASKED) asking.push(ask(cases.slice(from, from + ASKED)))
    await Promise.all(asking)
  }

  async play(lot: Lot, signal: AbortSignal, take: TakeLotEvent): Promise<void> {
    const done = new Set<string>()
    const paths = [...new Set(lot.cases.map(({ capture }) => capture))]
    const takeTold: Take = async (told, line, keys) => {
      const event = 'event' in told ? eventOf(lot, told.event) : undefined
      if (event === undefined || !('event' in told)) return
      if ('case' in event && done.has(event.case.name)) return
      if (told.files !== undefined) await keepFiles(this.#link, keys, told.files, this.#folder)
      if ('case' in event) done.add(event.case.name)
      await take(event, line)
    }
    for (let rest: Lot | undefined = lot; rest !== undefined; rest = withoutDone(lot, done)) {
      const end = await this.#attempt({ kind: 'play', lot: rest }, paths, signal, takeTold)
      if (end === 'done' || signal.aborted) return
      if (end === 'lost')
        throw new FlowbreakError(
          WORKER_LOST,
          `The worker that played it has sent nothing for ${this.#link.address.lost} s.`,
        )
    }
  }

  /** Calls workers off, and removes everything from Redis. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#desk.end()
    const { redis, address, gone } = this.#link
    const until = performance.now() + CALLED_OFF_MS
    const isLeft = async () =>
      this.#jobs.size > 0 && (await this.#link.ask(() => redis.exists(...this.#jobs))) > 0
    try {
      while (!gone.aborted && performance.now() < until && (await isLeft())) await sleep(POLL_MS)
      for (const { name } of this.#queues.values())
        await this.#link.run('tidy', ...tidyArguments(address, name))
    } catch {
      // Redis is unreachable: what it holds expires.
    }
    // Without a connection it would wait for one.
    if (gone.aborted) return
    for (const queue of this.#queues.values()) await queue.close().catch(() => undefined)
  }

  /** Has a task done once. Throws an error that ends the run. */
  async #attempt(
    task: Pick<Task, 'kind' | 'lot'>,
    paths: readonly string[],
    signal: AbortSignal,
    take: Take,
  ): Promise<End> {
    const queue = this.#queues.get(task.lot.target)
    if (queue === undefined || signal.aborted) return 'moved'
    this.#heed(signal)
    const desk = this.#desk
    const keys = await desk.keys()
    const captures = (await Promise.all(paths.map((path) => desk.upload(keys, path)))).flatMap(
      (blob) => blob ?? [],
    )
    if (captures.length < paths.length) {
      await desk.look()
      return 'moved'
    }
    const name = `a${this.#next++}`
    const pending = desk.await(name)
    const job = `${this.#run}.${keys.run.slice(-8)}.${name}`
    let isEnded = false
    try {
      await this.#publish(queue, { keys, name, job, text: packTask({ ...task, captures }) })
      for (;;) {
        for (let part = pending.parts.shift(); part !== undefined; part = pending.parts.shift())
          for (const [told, line] of toldIn(part)) {
            if ('end' in told) {
              isEnded = true
              return endOf(told.end)
            }
            await take(told, line, keys)
          }
        if (desk.failure !== undefined) throw desk.failure
        if (signal.aborted || !desk.isAt(keys)) return 'moved'
        if (pending.state !== 'open') return pending.state
        await new Promise<void>((resolve) => {
          pending.wake = resolve
        })
      }
    } catch (thrown) {
      // Files that it needs may have been lost together with what Redis has lost.
      if (asFlowbreakError(thrown)?.code !== 'ERR_QUEUE_FILE') throw thrown
      await desk.look()
      if (desk.isAt(keys)) throw thrown
      return 'moved'
    } finally {
      desk.forget(name)
      await this.#withdraw(queue, keys.attempt(name), isEnded ? undefined : job)
    }
  }

  async #publish(
    queue: Queue,
    { keys, name, job, text }: { keys: RunKeys; name: string; job: string; text: string },
  ): Promise<void> {
    const { redis, address } = this.#link
    const attempt = keys.attempt(name)
    const ttl = runTtl(address)
    await this.#link.ask(() => redis.multi().hset(attempt, 'lot', text).pexpire(attempt, ttl).exec())
    const key = `${address.prefix}:${queue.name}:${job}`
    this.#jobs.add(key)
    await this.#link.ask(() => queue.add('lot', { run: keys.run, attempt: name }, { jobId: job }))
    redis.pexpire(key, FORGOTTEN_MS).catch(() => undefined)
  }

  /** From here on nobody plays the attempt, and its results are refused. */
  async #withdraw(queue: Queue, attempt: string, job: string | undefined): Promise<void> {
    const { redis, gone } = this.#link
    if (gone.aborted) return
    await this.#link.ask(() => redis.unlink(attempt)).catch(() => undefined)
    // A worker that has it removes it from the queue itself.
    if (job !== undefined) await this.#link.ask(() => queue.remove(job)).catch(() => undefined)
  }

  #heed(signal: AbortSignal): void {
    if (this.#heeded.has(signal)) return
    this.#heeded.add(signal)
    signal.addEventListener('abort', () => this.#desk.wake(), { once: true })
  }
}

function openQueue({ redis, address }: Link, name: string): Queue {
  const queue = new Queue(name, {
    connection: redis,
    prefix: address.prefix,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  })
  queue.on('error', () => undefined)
  return queue
}

function endOf(end: Extract<Told, { readonly end: unknown }>['end']): End {
  if (end === 'done') return 'done'
  if (end === 'given-back') return 'moved'
  const code = end.code.startsWith('ERR_') ? (end.code as `ERR_${string}`) : 'ERR_INTERNAL'
  throw new FlowbreakError(code, end.message, { exitCode: ExitCode.broken })
}

/** A worker's event of a lot, with the case itself instead of its number; undefined: it belongs to something else. */
function eventOf(lot: Lot, event: LotEvent): LotEvent | undefined {
  if ('target' in event && event.target !== lot.target) return undefined
  if (!('case' in event)) return event
  const test = lot.cases[Number(event.case)]
  return test === undefined ? undefined : { ...event, case: summaryOf(test) }
}
