import { createHash } from 'node:crypto'
import type { Target } from '../../model/target.ts'
import type { Link } from './link.ts'

/** What a target tells other processes about itself. */
export type Described = Pick<
  Target,
  'name' | 'version' | 'capabilities' | 'limits' | 'addresses' | 'transparency'
> & {
  /** Whether it must be asked which cases it cannot play. */
  readonly asks: boolean
}

/** A worker that plays cases on a target. */
export interface Registration {
  readonly id: string
  /** Name of its machine. */
  readonly host: string
  readonly pid: number
  readonly flowbreak: string
  readonly target: Described
  /** Name of the queue that its lots come from: the same for all workers whose targets are alike. */
  readonly queue: string
}

export function described(target: Target): Described {
  const { name, version, capabilities, limits, addresses, transparency } = target
  return {
    name,
    version,
    capabilities,
    ...(limits === undefined ? {} : { limits }),
    ...(addresses === undefined ? {} : { addresses }),
    ...(transparency === undefined ? {} : { transparency }),
    asks: target.lacks !== undefined,
  }
}

/** The name of a queue: the same for workers whose targets have the same description, and that have the same version of flowbreak. */
export function queueOf(flowbreak: string, target: Described): string {
  return createHash('sha256')
    .update(JSON.stringify([flowbreak, target]))
    .digest('hex')
    .slice(0, 32)
}

/** The list of workers. */
export class Roster {
  readonly #link: Link
  readonly #index: string

  constructor(link: Link) {
    this.#link = link
    this.#index = `${link.address.prefix}:workers`
  }

  /** Enters a worker, for as long as its signs of life last; returns a message of a run for it, if there is one. */
  async enter(worker: Registration): Promise<string | undefined> {
    const { redis, address } = this.#link
    const ms = address.lost * 1000
    const told = await this.#link.ask(() =>
      redis
        .multi()
        .set(this.#key(worker.id), JSON.stringify(worker), 'PX', ms)
        .sadd(this.#index, worker.id)
        .pexpire(this.#index, ms)
        .getdel(this.#noteKey(worker.id))
        .exec(),
    )
    const note = told?.[3]?.[1]
    return typeof note === 'string' ? note : undefined
  }

  async leave(id: string): Promise<void> {
    const { redis } = this.#link
    await this.#link.ask(() =>
      redis.multi().del(this.#key(id), this.#noteKey(id)).srem(this.#index, id).exec(),
    )
  }

  /** Workers that show signs of life. */
  async list(): Promise<readonly Registration[]> {
    const { redis } = this.#link
    const ids = await this.#link.ask(() => redis.smembers(this.#index))
    if (ids.length === 0) return []
    const texts = await this.#link.ask(() => redis.mget(ids.map((id) => this.#key(id))))
    const gone = ids.filter((_, at) => texts[at] === null)
    if (gone.length > 0) await this.#link.ask(() => redis.srem(this.#index, ...gone))
    return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Registration]))
  }

  /** Leaves a message for a worker, which shows it once. */
  async tell(id: string, sentence: string): Promise<void> {
    const { redis, address } = this.#link
    await this.#link.ask(() => redis.set(this.#noteKey(id), sentence, 'PX', address.lost * 1000))
  }

  #key(id: string): string {
    return `${this.#link.address.prefix}:worker:${id}`
  }

  #noteKey(id: string): string {
    return `${this.#link.address.prefix}:note:${id}`
  }
}
