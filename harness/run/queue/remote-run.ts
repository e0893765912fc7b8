import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Case } from '../../model/case.ts'
import type { Target } from '../../model/target.ts'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import { summaryOf } from '../play.ts'
import {
  type Lot,
  type LotEvent,
  type LotPlayer,
  type TakeLotEvent,
  WORKER_LOST,
  withoutDone,
} from '../work/lot.ts'
import { type Blob, blobOf, putBlob } from './blobs.ts'
import { keepFiles } from './files.ts'
import { beatMs, type RunKeys, runKeys, runTtl, tidyArguments } from './keys.ts'
import type { Link } from './link.ts'
import { type CaptureBlob, packTask, type RunSpec, type Task, type Told } from './messages.ts'
import type { Muster } from './muster.ts'

/** Lots that are offered at once at most, so that workers never wait for one. */
const SLOTS = 128
/** Cases that a target is asked about at once. */
const ASKED = 256
/** Parts that are read at once. */
const READ = 64
const READ_MS = 1000
/** What BullMQ keeps of jobs whose run was killed, where no worker ever comes by, goes after this. */
const FORGOTTEN_MS = 2 * 86_400_000
/** Workers that were called off are waited for so long. */
const CALLED_OFF_MS = 5000

/** Something that a worker has been asked to do. */
interface Pending {
  readonly parts: string[]
  state: 'open' | 'lost' | 'moved'
  wake: () => void
}

export interface RemoteRunOptions {
  readonly run: string
  readonly spec: RunSpec
  /** Where the log is, and files beside it go. */
  readonly folder: string
}

/** A run whose cases are played by workers elsewhere: it plans, and they take lots from queues. */
export class RemoteRun implements LotPlayer {
  readonly slots = SLOTS
  readonly #link: Link
  readonly #options: RemoteRunOptions
  readonly #muster: Muster
  readonly #reader: Redis
  /** By the name of a target. */
  readonly #queues = new Map<string, Queue>()
  readonly #pending = new Map<string, Pending>()
  readonly #jobs = new Set<string>()
  #keys: RunKeys
  #uploaded = new Map<string, Promise<CaptureBlob>>()
  #server = ''
  #next = 0
  #failure: unknown
  #loops: Promise<unknown> | undefined
  #isOver = false

  /** The targets are those that were mustered. */
  constructor(link: Link, muster: Muster, options: RemoteRunOptions) {
    this.#link = link
    this.#muster = muster
    this.#options = options
    for (const [target, { queue }] of muster.found) this.#queues.set(target, this.#open(queue))
    this.#reader = link.another()
    this.#keys = this.#newKeys()
  }

  /** Asks workers which of the cases their targets cannot play, for what their capabilities do not say. */
  async survey(target: Target, cases: readonly Case[], signal: AbortSignal): Promise<void> {
    const lacking = this.#muster.found.get(target.name)?.lacking
    if (lacking === undefined) return
    const asking: Promise<void>[] = []
    for (let from = 0; from < cases.length; from += ASKED) {
      const lot = {
        index: 0,
        target: target.name,
        setup: '',
        cases: cases.slice(from, from + ASKED),
        replays: [],
      }
      asking.push(this.#ask(lot, signal, lacking))
    }
    await Promise.all(asking)
  }

  async play(lot: Lot, signal: AbortSignal, take: TakeLotEvent): Promise<void> {
    const done = new Set<string>()
    const events = async (told: Told, line: string): Promise<void> => {
      if (!('event' in told)) return
      const event = eventOf(lot, told.event)
      if (event === undefined) return
      if ('case' in event) {
        if (done.has(event.case.name)) return
        done.add(event.case.name)
      }
      if (told.files !== undefined) await keepFiles(this.#link, this.#keys, told.files, this.#options.folder)
      await take(event, line)
    }
    for (let rest: Lot | undefined = lot; rest !== undefined; rest = withoutDone(lot, done)) {
      const captures = [...new Set(lot.cases.map(({ capture }) => capture))]
      const end = await this.#attempt({ kind: 'play', lot: rest }, captures, signal, events)
      if (end === 'done' || signal.aborted) return
      if (end === 'lost')
        throw new FlowbreakError(
          WORKER_LOST,
          `Nothing was heard for ${this.#link.address.lost} s of the worker that played a lot of ${lot.target}.`,
        )
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    await this.#loops
    if (!this.#link.gone.aborted) await this.#end(this.#keys, CALLED_OFF_MS)
    this.#reader.disconnect()
    for (const queue of this.#queues.values()) await queue.close()
  }

  #open(name: string): Queue {
    const queue = new Queue(name, {
      connection: this.#link.redis,
      prefix: this.#link.address.prefix,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    })
    queue.on('error', () => undefined)
    return queue
  }

  async #ask(lot: Lot, signal: AbortSignal, lacking: Map<string, string>): Promise<void> {
    let end = 'lost'
    while (end !== 'done' && !signal.aborted)
      end = await this.#attempt({ kind: 'lacks', lot }, [], signal, async (told) => {
        if ('lacks' in told) for (const [name, what] of Object.entries(told.lacks)) lacking.set(name, what)
      })
  }

  /** Has a task done once. `moved`: it was not, and nobody's worker died of it. */
  async #attempt(
    task: Pick<Task, 'kind' | 'lot'>,
    paths: readonly string[],
    signal: AbortSignal,
    take: (told: Told, line: string) => Promise<void>,
  ): Promise<'done' | 'moved' | 'lost'> {
    const queue = this.#queues.get(task.lot.target)
    if (queue === undefined || signal.aborted) return 'moved'
    await this.#begin()
    const keys = this.#keys
    const name = `a${this.#next++}`
    const job = `${keys.run.slice(keys.run.lastIndexOf(':') + 1)}.${name}`
    const pending: Pending = { parts: [], state: 'open', wake: () => undefined }
    const stop = (): void => pending.wake()
    this.#pending.set(name, pending)
    signal.addEventListener('abort', stop)
    let isEnded = false
    try {
      const captures = await Promise.all(paths.map((path) => this.#upload(path)))
      await this.#publish(queue, { keys, name, job, text: packTask({ ...task, captures }) })
      for (;;) {
        for (let part = pending.parts.shift(); part !== undefined; part = pending.parts.shift())
          for (const [told, line] of toldIn(part)) {
            if (!('end' in told)) {
              await take(told, line)
              continue
            }
            isEnded = true
            if (told.end === 'done') return 'done'
            if (told.end === 'given-back') return 'moved'
            throw new FlowbreakError(codeOf(told.end.code), told.end.message, { exitCode: ExitCode.broken })
          }
        if (this.#failure !== undefined) throw this.#failure
        if (signal.aborted || pending.state === 'moved' || keys !== this.#keys) return 'moved'
        if (pending.state === 'lost') return 'lost'
        await new Promise<void>((resolve) => {
          pending.wake = resolve
        })
      }
    } finally {
      signal.removeEventListener('abort', stop)
      this.#pending.delete(name)
      if (!this.#link.gone.aborted) await this.#withdraw(queue, keys.attempt(name), isEnded ? undefined : job)
    }
  }

  async #publish(
    queue: Queue,
    { keys, name, job, text }: { keys: RunKeys; name: string; job: string; text: string },
  ): Promise<void> {
    const { redis, address } = this.#link
    const attempt = keys.attempt(name)
    await this.#link.ask(() =>
      redis.multi().hset(attempt, 'lot', text).pexpire(attempt, runTtl(address)).exec(),
    )
    this.#jobs.add(`${address.prefix}:${queue.name}:${job}`)
    await this.#link.ask(() => queue.add('lot', { run: keys.run, attempt: name }, { jobId: job }))
    void redis.pexpire(`${address.prefix}:${queue.name}:${job}`, FORGOTTEN_MS).catch(() => undefined)
  }

  /** From here on nobody plays it, and what still comes of it is refused. */
  async #withdraw(queue: Queue, attempt: string, job: string | undefined): Promise<void> {
    const { redis } = this.#link
    await this.#link.ask(() => redis.unlink(attempt)).catch(() => undefined)
    // A worker that has it takes it off the queue itself.
    if (job !== undefined) await queue.remove(job).catch(() => undefined)
  }

  /** A capture of the run, brought to Redis once. */
  #upload(path: string): Promise<CaptureBlob> {
    let uploaded = this.#uploaded.get(path)
    if (uploaded === undefined) {
      const keys = this.#keys
      uploaded = (async () => {
        const blob: Blob = blobOf(path)
        const ttl = runTtl(this.#link.address)
        await putBlob(this.#link, keys, path, { must: keys.run, sha256: blob.sha256, ttl })
        return { path, ...blob }
      })()
      this.#uploaded.set(path, uploaded)
    }
    return uploaded
  }

  /** Makes the run known, once. */
  async #begin(): Promise<void> {
    this.#begun ??= (async () => {
      await this.#make()
      this.#loops = Promise.all([this.#read(), this.#beat()])
    })()
    await this.#begun
  }
  #begun: Promise<void> | undefined

  async #make(): Promise<void> {
    const { redis, address } = this.#link
    const { run } = this.#keys
    this.#server = await this.#serverId()
    const spec = JSON.stringify(this.#options.spec)
    await this.#link.ask(() => redis.multi().hset(run, 'spec', spec).pexpire(run, runTtl(address)).exec())
  }

  #newKeys(): RunKeys {
    const { prefix } = this.#link.address
    return runKeys(`${prefix}:run:${this.#options.run}-${randomBytes(4).toString('hex')}`)
  }

  /** Takes what workers tell, to whom it is of use. */
  async #read(): Promise<void> {
    let keys = this.#keys
    let last = '0'
    while (!this.#isOver && this.#failure === undefined) {
      if (keys !== this.#keys) {
        keys = this.#keys
        last = '0'
      }
      const answer = await this.#link
        .ask(() => this.#reader.xread('COUNT', READ, 'BLOCK', READ_MS, 'STREAMS', keys.out, last))
        .catch((thrown) => this.#fail(thrown))
      for (const [, entries] of answer ?? [])
        for (const [id, fields] of entries) {
          last = id
          const pending = this.#pending.get(String(fields[1]))
          pending?.parts.push(String(fields[3]))
          pending?.wake()
        }
      if (answer) void this.#link.redis.xtrim(keys.out, 'MINID', last).catch(() => undefined)
    }
  }

  /** Shows signs of life, and looks for those of workers. */
  async #beat(): Promise<void> {
    const { address, redis } = this.#link
    let isNew = false
    redis.on('close', () => {
      isNew = true
    })
    while (!this.#isOver && this.#failure === undefined) {
      await sleep(beatMs(address))
      try {
        if (isNew) {
          isNew = false
          if ((await this.#serverId()) !== this.#server) await this.#moveOn()
        }
        await this.#look()
        if (this.#pending.size > 0) await this.#muster.look()
      } catch (thrown) {
        this.#fail(thrown)
      }
    }
  }

  async #look(): Promise<void> {
    const { address } = this.#link
    const keys = this.#keys
    const names = [...this.#pending.keys()]
    const states = await this.#link.run<readonly (Buffer | number)[] | null>(
      'keep',
      [keys.run, keys.out, keys.blobs, ...names.map(keys.attempt)],
      [runTtl(address)],
    )
    if (states === null) {
      await this.#moveOn()
      return
    }
    const [now, ...seen] = states.map((value) => String(value))
    for (const [at, name] of names.entries()) {
      const pending = this.#pending.get(name)
      const [worker, heard, isBegun] = seen.slice(3 * at)
      if (pending === undefined || worker === '' || Number(now) - Number(heard) <= address.lost) continue
      pending.state = isBegun === '' ? 'moved' : 'lost'
      pending.wake()
    }
  }

  /** Redis has lost what it knew, or is another one: what workers have is asked for anew. */
  async #moveOn(): Promise<void> {
    const before = this.#keys
    this.#keys = this.#newKeys()
    this.#uploaded = new Map()
    await this.#make()
    await this.#end(before, 0)
    for (const pending of this.#pending.values()) {
      pending.state = 'moved'
      pending.wake()
    }
  }

  /** Removes what is left of the run, and of queues that are empty; workers are waited for so long. */
  async #end(keys: RunKeys, patienceMs: number): Promise<void> {
    const attempts = [...this.#pending.keys()].map(keys.attempt)
    await this.#link.run('end', [keys.run, keys.out, keys.blobs, ...attempts], [])
    const { address, redis } = this.#link
    const until = performance.now() + patienceMs
    while (this.#jobs.size > 0 && performance.now() < until) {
      const jobs = [...this.#jobs]
      const left = await Promise.all(jobs.map((job) => this.#link.ask(() => redis.exists(job))))
      for (const [at, job] of jobs.entries()) if (left[at] === 0) this.#jobs.delete(job)
      if (this.#jobs.size > 0) await sleep(50)
    }
    for (const { name } of this.#queues.values())
      await this.#link.run('tidy', ...tidyArguments(address, name))
  }

  async #serverId(): Promise<string> {
    const text = await this.#link.ask(() => this.#link.redis.info('server'))
    return /run_id:(\w+)/.exec(text)?.[1] ?? ''
  }

  #fail(thrown: unknown): undefined {
    this.#failure ??= this.#isOver ? undefined : thrown
    for (const pending of this.#pending.values()) pending.wake()
    return undefined
  }
}

function* toldIn(part: string): Generator<readonly [Told, string]> {
  const lines = part.split('\n')
  for (let at = 0; at + 1 < lines.length; at += 2)
    yield [JSON.parse(lines[at] ?? '') as Told, lines[at + 1] ?? '']
}

/** What a worker tells of a lot, with the case itself for its number; undefined: it is of something else. */
function eventOf(lot: Lot, event: LotEvent): LotEvent | undefined {
  if ('target' in event && event.target !== lot.target) return undefined
  if (!('case' in event)) return event
  const test = lot.cases[Number(event.case)]
  return test === undefined ? undefined : { ...event, case: summaryOf(test) }
}

function codeOf(text: string): `ERR_${string}` {
  return text.startsWith('ERR_') ? (text as `ERR_${string}`) : 'ERR_INTERNAL'
}
