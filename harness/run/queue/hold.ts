import type { Job } from 'bullmq'
import { beatMs, type RunKeys } from './keys.ts'
import type { Lease } from './lease.ts'
import type { Link } from './link.ts'

/** An attempt at a task. */
export interface Attempt {
  readonly keys: RunKeys
  readonly name: string
  /** Known only to the worker that has claimed it. */
  readonly token: string
  readonly job: Job
}

/**
 * A claimed attempt of this worker, with the lease of the appliance that it drives: shows signs of life until it is released, and finds out
 * when the attempt no longer counts: the run is over or went on without it, another worker has the appliance, or Redis is silent too long.
 */
export class Hold {
  readonly attempt: Attempt
  /** As it was when the attempt began: a lease that is taken again belongs to another attempt. */
  readonly lease: Pick<Lease, 'keys' | 'token'> | undefined
  readonly #driven: Lease | undefined
  readonly #link: Link
  readonly #off = new AbortController()
  readonly #timer: NodeJS.Timeout
  #heard: number
  #isBegun = false

  constructor(link: Link, attempt: Attempt, lease: Lease | undefined) {
    this.#link = link
    this.attempt = attempt
    this.lease = lease && { keys: lease.keys, token: lease.token }
    this.#driven = lease
    this.#heard = lease?.heard ?? performance.now()
    this.#timer = setInterval(() => {
      this.check()
      void this.#beat().catch(() => this.callOff())
    }, beatMs(link.address))
  }

  /** Aborted once the attempt no longer counts. */
  get off(): AbortSignal {
    return this.#off.signal
  }

  /** Marks the attempt as begun: if its worker is lost from here on, the attempt may be the reason. */
  begin(): void {
    this.#isBegun = true
    void this.#beat().catch(() => this.callOff())
  }

  callOff(): void {
    this.#off.abort()
  }

  /** Calls the attempt off if Redis has been silent for so long that others will soon take this worker for dead. */
  check(): void {
    const isSilent = performance.now() - this.#heard > this.#link.address.lost * 800
    if (isSilent || this.#driven?.isHeld === false) this.callOff()
  }

  /** Ends the attempt, here and in the queue. */
  async release(): Promise<void> {
    clearInterval(this.#timer)
    const { job, token } = this.attempt
    await this.#link.ask(() => job.moveToCompleted(null, token, false)).catch(() => undefined)
  }

  async #beat(): Promise<void> {
    const { keys, name, token, job } = this.attempt
    const asked = performance.now()
    const ms = this.#link.address.lost * 1000
    const where = [keys.attempt(name), ...(this.lease?.keys ?? [])]
    const counts = await this.#link.run<number>('beat', where, [
      token,
      this.lease?.token ?? '',
      ms,
      this.#isBegun ? 1 : 0,
    ])
    if (counts === 0) this.callOff()
    else this.#heard = asked
    await job.extendLock(token, ms).catch(() => undefined)
  }
}
