import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import { beatMs, leaseKey } from './keys.ts'
import type { Link } from './link.ts'

/** The part of a lease's time for which its holder goes on without confirmation. */
const SURE = 0.8

/**
 * The right to drive some appliances; at most one worker has each at a time, whatever the appliances are called on its machine. It is
 * renewed while it is held, and expires if its holder shows no sign of life. A holder counts from the time of its request, so that it has
 * stopped before another one begins.
 */
export class Lease {
  readonly keys: readonly string[]
  readonly #link: Link
  #token = ''
  /** The time of the last request that is known to have prolonged the lease. */
  #heard = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(link: Link, appliances: readonly string[]) {
    this.#link = link
    this.keys = [...new Set(appliances)].map((appliance) => leaseKey(link.address, appliance)).sort()
  }

  /** Distinguishes this holder from others, and from its own earlier leases. */
  get token(): string {
    return this.#token
  }

  get heard(): number {
    return this.#heard
  }

  /** Whether it is still held, by this process's clock. */
  get isHeld(): boolean {
    return performance.now() - this.#heard <= this.#link.address.lost * 1000 * SURE
  }

  /** Takes all appliances, or none if another worker has one. A held lease is prolonged. */
  async take(): Promise<boolean> {
    if (this.isHeld) return this.#ask('renew')
    this.#token = randomUUID()
    const isHeld = await this.#ask('lease')
    if (isHeld) this.#timer ??= setInterval(() => void this.#renew(), beatMs(this.#link.address))
    return isHeld
  }

  /** Throws ERR_QUEUE_LEASE if another worker may have it: the appliance must not be touched any more. */
  check(): void {
    if (!this.isHeld)
      throw new FlowbreakError('ERR_QUEUE_LEASE', 'The appliance may be driven by another worker by now.', {
        exitCode: ExitCode.broken,
      })
  }

  async release(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#heard = Number.NEGATIVE_INFINITY
    if (this.#token !== '') await this.#link.run('release', this.keys, [this.#token])
  }

  /** Waits for the appliances, works with them, and releases them. The `signal` of `work` aborts when they are lost. */
  async during<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const beat = beatMs(this.#link.address)
    while (!(await this.take())) {
      signal.throwIfAborted()
      await sleep(beat / 2, undefined, { signal })
    }
    const lost = new AbortController()
    const watch = setInterval(() => {
      if (!this.isHeld) lost.abort()
    }, beat)
    try {
      return await work(AbortSignal.any([signal, lost.signal]))
    } finally {
      clearInterval(watch)
      await this.release()
    }
  }

  async #renew(): Promise<void> {
    if (this.isHeld) await this.#ask('renew').catch(() => undefined)
  }

  async #ask(script: 'lease' | 'renew'): Promise<boolean> {
    const asked = performance.now()
    const token = this.#token
    const counts = await this.#link.run<number>(script, this.keys, [token, this.#link.address.lost * 1000])
    // The lease was released meanwhile, or taken again.
    if (token !== this.#token) return false
    this.#heard = counts === 1 ? Math.max(this.#heard, asked) : Number.NEGATIVE_INFINITY
    return counts === 1
  }
}
