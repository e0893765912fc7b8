import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Job, Worker } from 'bullmq'
import type { Target } from '../../model/target.ts'
import { makeScratch, removeScratch } from '../../support/scratch.ts'
import { Hold } from './hold.ts'
import { beatMs, isRunKey, runKeys, tidyArguments } from './keys.ts'
import { Lease } from './lease.ts'
import { leasedTarget } from './leased-target.ts'
import type { Link } from './link.ts'
import type { JobData } from './messages.ts'
import { described, queueOf, type Registration, Roster } from './roster.ts'
import { type Claimed, Stage } from './stage.ts'

export interface ServerOptions {
  readonly flowbreak: string
  /** Removes secrets from whatever leaves this machine. */
  readonly hide: <T>(value: T) => T
  readonly say: (sentence: string) => void
  /** Further appliances of which at most one worker may drive each at a time. */
  readonly appliances: readonly string[]
  /** Ends once the first run that it has played for is over. */
  readonly once: boolean
  /** Seconds without anything to play after which it ends; absent: never. */
  readonly idle?: number | undefined
}

/** How long at least a worker that drives an appliance and has nothing to play leaves it to others. */
const PAUSE_MS = 50
/** How often BullMQ may give out a job again before it counts as failed: more than ever happens, because flowbreak counts itself. */
const MOST_STALLS = 1000

/** Plays lots of one target from its queue, until it is told to end or has nothing more to do. */
export class Server implements AsyncDisposable {
  readonly #link: Link
  readonly #options: ServerOptions
  readonly #roster: Roster
  readonly #registration: Registration
  readonly #jobs: Worker
  readonly #folder = makeScratch('worker')
  readonly #stage: Stage
  readonly #lease: Lease | undefined
  #served = ''
  #busy = performance.now()

  constructor(link: Link, target: Target, options: ServerOptions) {
    this.#link = link
    this.#options = options
    this.#roster = new Roster(link)
    const said = described(target)
    const queue = queueOf(options.flowbreak, said)
    this.#registration = {
      id: randomUUID(),
      host: hostname(),
      pid: process.pid,
      flowbreak: options.flowbreak,
      target: said,
      queue,
    }
    const appliances = [...appliancesOf(target), ...options.appliances]
    this.#lease = appliances.length === 0 ? undefined : new Lease(link, appliances)
    const lockDuration = link.address.lost * 1000
    this.#jobs = new Worker(queue, null, {
      connection: link.redis,
      prefix: link.address.prefix,
      autorun: false,
      lockDuration,
      stalledInterval: lockDuration / 2,
      // A job that comes again after it had begun is refused; the run that put it there learns of it.
      maxStalledCount: MOST_STALLS,
      drainDelay: 1,
    })
    this.#jobs.on('error', () => undefined)
    const played = this.#lease === undefined ? target : leasedTarget(target, this.#lease)
    this.#stage = new Stage(link, played, this.#folder, options.hide)
  }

  /** Serves. Throws errors of the link. */
  async run(signal: AbortSignal): Promise<void> {
    const { idle, say } = this.#options
    await this.#jobs.startStalledCheckTimer()
    await this.#enter()
    const beats = setInterval(() => void this.#enter().catch(() => undefined), beatMs(this.#link.address))
    try {
      say(`ready to play on ${this.#registration.target.name} at ${this.#link.address.name}`)
      this.#busy = performance.now()
      while (!signal.aborted && !this.#link.gone.aborted) {
        if (await this.#turn(signal)) continue
        if (idle !== undefined && performance.now() - this.#busy > idle * 1000) break
        if (this.#options.once && (await this.#isOver())) break
      }
    } finally {
      clearInterval(beats)
    }
    if (this.#link.gone.aborted) throw this.#link.gone.reason
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stage[Symbol.asyncDispose]()
    await this.#lease?.release().catch(() => undefined)
    // Without a connection it would wait for one.
    if (!this.#link.gone.aborted) await this.#jobs.close().catch(() => undefined)
    await this.#roster.leave(this.#registration.id).catch(() => undefined)
    await this.#tidy().catch(() => undefined)
    removeScratch(this.#folder)
  }

  /** Plays until there is nothing more; false: there was nothing. */
  async #turn(signal: AbortSignal): Promise<boolean> {
    if (this.#lease !== undefined && !(await this.#lease.take())) {
      await sleep(2 * PAUSE_MS, undefined, { signal }).catch(() => undefined)
      return false
    }
    let any = false
    let next = this.#next(signal)
    for (let claimed = await next; claimed !== undefined; claimed = await next) {
      any = true
      this.#served = claimed.hold.attempt.keys.run
      // With an appliance no lot is claimed ahead, so that others can have the appliance.
      const ahead = this.#lease === undefined ? this.#next(signal) : undefined
      await this.#stage.play(claimed, signal)
      this.#busy = performance.now()
      // It may have been called off because another worker has the appliance.
      if (this.#lease !== undefined && !(await this.#lease.take())) break
      next = ahead ?? this.#next(signal)
    }
    if (this.#lease !== undefined) {
      // Others must not find the appliance open.
      await this.#stage.rest()
      await this.#lease.release()
      await sleep(PAUSE_MS * (1 + Math.random()))
    }
    // Needed even if all jobs found no longer counted.
    await this.#tidy()
    return any
  }

  /** The next lot that this worker has claimed; undefined: there is none now. */
  async #next(signal: AbortSignal): Promise<Claimed | undefined> {
    while (!signal.aborted && !this.#link.gone.aborted) {
      const token = randomUUID()
      let job: Job | undefined
      try {
        job = (await this.#link.ask(() => this.#jobs.getNextJob(token))) as Job | undefined
      } catch {
        await sleep(PAUSE_MS)
        continue
      }
      if (job === undefined) return undefined
      const claimed = await this.#claim(job, token)
      if (claimed !== undefined) return claimed
      const refused = job
      await this.#link.ask(() => refused.moveToCompleted(null, token, false)).catch(() => undefined)
    }
    return undefined
  }

  /** Claims an attempt; undefined: it no longer counts, or another worker has it. */
  async #claim(job: Job, token: string): Promise<Claimed | undefined> {
    const { run, attempt } = (job.data ?? {}) as Partial<JobData>
    if (!isRunKey(this.#link.address, run) || attempt === undefined) return undefined
    const keys = runKeys(run)
    const answer = await this.#link.run<readonly [Buffer, Buffer] | null>(
      'claim',
      [keys.attempt(attempt), keys.run],
      [token],
    )
    if (answer === null) return undefined
    const [spec, lot] = answer
    const hold = new Hold(this.#link, { keys, name: attempt, token, job }, this.#lease)
    return { hold, spec: spec.toString(), task: lot.toString() }
  }

  async #enter(): Promise<void> {
    const note = await this.#roster.enter(this.#registration)
    if (note !== undefined) this.#options.say(note)
  }

  async #isOver(): Promise<boolean> {
    if (this.#served === '') return false
    return (await this.#link.ask(() => this.#link.redis.exists(this.#served))) === 0
  }

  async #tidy(): Promise<void> {
    await this.#link.run('tidy', ...tidyArguments(this.#link.address, this.#registration.queue))
  }
}

/** The appliances of a target. A target that cannot be shared and names none is one device, wherever it is driven from. */
function appliancesOf({ name, appliances, shared }: Target): readonly string[] {
  return appliances ?? (shared === undefined ? [`target ${name}`] : [])
}
