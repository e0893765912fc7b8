import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { blobOf, putBlob } from './blobs.ts'
import { beatMs, type RunKeys, runKeys, runTtl } from './keys.ts'
import type { Link } from './link.ts'
import type { CaptureBlob, RunSpec } from './messages.ts'
import type { Muster } from './muster.ts'

/** How many parts are read at once, and how long to wait for one. */
const READ = 64
const READ_MS = 1000

/** An attempt that somebody waits for. */
export interface Pending {
  /** Parts received and not yet taken. */
  readonly parts: string[]
  /** `lost`: its worker was lost after it had begun; `moved`: it no longer counts, and no worker was lost with it. */
  state: 'open' | 'lost' | 'moved'
  wake: () => void
}

/**
 * The run's side of Redis: shows the run's signs of life, passes on what workers report, and notices workers that have gone silent.
 * If Redis has lost the run, the run is entered again under other keys, so that nothing from before counts.
 */
export class Desk {
  readonly link: Link
  readonly #muster: Muster
  readonly #run: string
  readonly #spec: RunSpec
  readonly #reader: Redis
  readonly #pending = new Map<string, Pending>()
  #keys: RunKeys
  #made: Promise<void> | undefined
  #uploaded = new Map<string, Promise<CaptureBlob | undefined>>()
  #server = ''
  #loops: Promise<unknown> | undefined
  #failure: unknown
  readonly #over = new AbortController()

  /** `run`: its name. */
  constructor(link: Link, muster: Muster, run: string, spec: RunSpec) {
    this.link = link
    this.#muster = muster
    this.#run = run
    this.#spec = spec
    this.#reader = link.another()
    this.#keys = this.#newKeys()
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted
  }

  /** The error that ends the run; undefined: none. */
  get failure(): unknown {
    return this.#failure
  }

  /** The current keys of the run, once Redis has it. */
  async keys(): Promise<RunKeys> {
    this.#made ??= this.#make()
    await this.#made
    this.#loops ??= Promise.all([this.#read(), this.#beat()])
    return this.#keys
  }

  /** Whether `keys` are still the keys of the run. */
  isAt(keys: RunKeys): boolean {
    return keys === this.#keys
  }

  await(name: string): Pending {
    const pending: Pending = { parts: [], state: 'open', wake: () => undefined }
    this.#pending.set(name, pending)
    return pending
  }

  forget(name: string): void {
    this.#pending.delete(name)
  }

  /** Makes all waiting calls check again. */
  wake(): void {
    for (const pending of this.#pending.values()) pending.wake()
  }

  /** A capture of the run, uploaded to Redis once; undefined: Redis no longer has the run. */
  upload(keys: RunKeys, path: string): Promise<CaptureBlob | undefined> {
    let uploaded = this.#uploaded.get(path)
    if (uploaded === undefined) {
      uploaded = (async () => {
        const blob = blobOf(path)
        const put = { must: keys.run, sha256: blob.sha256, ttl: runTtl(this.link.address) }
        return (await putBlob(this.link, keys, path, put)) ? { path, ...blob } : undefined
      })()
      this.#uploaded.set(path, uploaded)
    }
    return uploaded
  }

  /** Shows a sign of life, and checks those of workers. */
  async look(): Promise<void> {
    const { address } = this.link
    const keys = this.#keys
    const names = [...this.#pending.keys()]
    const states = await this.link.run<readonly (Buffer | number)[] | null>(
      'keep',
      [keys.run, keys.out, keys.blobs, ...names.map(keys.attempt)],
      [runTtl(address)],
    )
    if (states === null) {
      await this.#moveOn(keys)
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

  /** Ends the run: removes everything of it from Redis; workers that still play for it find out. */
  async end(): Promise<void> {
    this.#over.abort()
    this.#reader.disconnect()
    if (this.#made === undefined) return
    const erase = async () => {
      if (!this.link.gone.aborted) await this.#erase(this.#keys).catch(() => undefined)
    }
    await erase()
    await this.#loops
    // A sign of life that was under way may have entered the run once more.
    await erase()
  }

  async #make(): Promise<void> {
    const { redis, address } = this.link
    const { run } = this.#keys
    const spec = JSON.stringify(this.#spec)
    this.#server = await this.#serverId()
    await this.link.ask(() => redis.multi().hset(run, 'spec', spec).pexpire(run, runTtl(address)).exec())
  }

  #newKeys(): RunKeys {
    return runKeys(`${this.link.address.prefix}:run:${this.#run}-${randomBytes(4).toString('hex')}`)
  }

  /** Passes what workers report to whoever waits for it. */
  async #read(): Promise<void> {
    let keys = this.#keys
    let last = '0'
    while (!this.#isOver && this.#failure === undefined) {
      if (keys !== this.#keys) {
        keys = this.#keys
        last = '0'
      }
      const answer = await this.link
        .ask(async () =>
          this.#isOver
            ? null
            : await this.#reader.xread('COUNT', READ, 'BLOCK', READ_MS, 'STREAMS', keys.out, last),
        )
        .catch((thrown) => this.#fail(thrown))
      for (const [, entries] of answer ?? [])
        for (const [id, fields] of entries) {
          last = id
          const pending = this.#pending.get(String(fields[1]))
          pending?.parts.push(String(fields[3]))
          pending?.wake()
        }
      if (answer) this.link.redis.xtrim(keys.out, 'MINID', last).catch(() => undefined)
    }
  }

  async #beat(): Promise<void> {
    const { address, redis } = this.link
    let isNew = false
    redis.on('close', () => {
      isNew = true
    })
    while (!this.#isOver && this.#failure === undefined) {
      await sleep(beatMs(address), undefined, { signal: this.#over.signal }).catch(() => undefined)
      if (this.#isOver) return
      try {
        if (isNew) {
          isNew = false
          const keys = this.#keys
          if ((await this.#serverId()) !== this.#server) await this.#moveOn(keys)
        }
        await this.look()
        if (this.#pending.size > 0) await this.#muster.look()
      } catch (thrown) {
        this.#fail(thrown)
      }
    }
  }

  /** Redis has lost its data, or is another one: whatever workers have must be asked for again. */
  async #moveOn(before: RunKeys): Promise<void> {
    if (before !== this.#keys || this.#isOver) return
    this.#keys = this.#newKeys()
    this.#uploaded = new Map()
    this.#made = this.#make()
    await this.#made
    await this.#erase(before)
    for (const pending of this.#pending.values()) if (pending.state === 'open') pending.state = 'moved'
    this.wake()
  }

  async #erase(keys: RunKeys): Promise<void> {
    const attempts = [...this.#pending.keys()].map(keys.attempt)
    await this.link.run('end', [keys.run, keys.out, keys.blobs, ...attempts], [])
  }

  async #serverId(): Promise<string> {
    const text = await this.link.ask(() => this.link.redis.info('server'))
    return /run_id:(\w+)/.exec(text)?.[1] ?? ''
  }

  #fail(thrown: unknown): undefined {
    if (!this.#isOver) this.#failure ??= thrown
    this.wake()
    return undefined
  }
}
