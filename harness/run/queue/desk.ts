import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { blobOf, putBlob } from './blobs.ts'
import { beatMs, type RunKeys, runKeys, runTtl } from './keys.ts'
import type { Link } from './link.ts'
import type { CaptureBlob, RunSpec } from './messages.ts'
import type { Muster } from './muster.ts'

/** Parts that are read at once, and how long is waited for one. */
const READ = 64
const READ_MS = 1000

/** An attempt that somebody waits for. */
export interface Pending {
  /** What was told of it and not yet taken. */
  readonly parts: string[]
  /** `lost`: its worker is, having begun; `moved`: it counts no more, and nobody was lost with it. */
  state: 'open' | 'lost' | 'moved'
  wake: () => void
}

/**
 * Where a run is known in Redis: shows signs of life there, hands on what workers tell, and misses workers of which nothing is heard. What
 * Redis forgets is made known anew, by other keys, so that nothing of before counts.
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

  /** What ends the run; undefined: nothing. */
  get failure(): unknown {
    return this.#failure
  }

  /** The keys of the run as they are now, once it is known by them. */
  async keys(): Promise<RunKeys> {
    this.#made ??= this.#make()
    await this.#made
    this.#loops ??= Promise.all([this.#read(), this.#beat()])
    return this.#keys
  }

  /** Whether what was done by those keys still counts. */
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

  /** Has all who wait look round. */
  wake(): void {
    for (const pending of this.#pending.values()) pending.wake()
  }

  /** A capture of the run, brought to Redis once; undefined: Redis has forgotten the run. */
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

  /** Shows a sign of life, and looks for those of workers. */
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

  /** Ends it: nothing of the run is left in Redis, and whoever still plays for it finds out. */
  async end(): Promise<void> {
    this.#over.abort()
    this.#reader.disconnect()
    if (this.#made === undefined) return
    const erase = async () => {
      if (!this.link.gone.aborted) await this.#erase(this.#keys).catch(() => undefined)
    }
    await erase()
    await this.#loops
    // A sign of life that was under way may have made it known once more.
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

  /** Hands on what workers tell to whoever waits for it. */
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

  /** Redis has lost what it knew, or is another one: what workers have is to be asked for anew. */
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
