import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import { beatMs, leaseKey } from './keys.ts'
import type { Link } from './link.ts'

/** Parts of the time after which a lease ends by itself within which its holder goes on without having heard that it has it. */
const SURE = 0.8

/**
 * The right to drive some appliances, of which one worker at most has each at a time, however they are called where it runs. It is renewed for as
 * long as it is held, and ends by itself when its holder shows no sign of life; a holder counts from when it asked, so that it has
 * stopped before another begins.
 */
export class Lease {
  readonly keys: readonly string[]
  readonly #link: Link
  #token = ''
  /** When that was asked which is known to have prolonged it last. */
  #heard = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(link: Link, appliances: readonly string[]) {
    this.#link = link
    this.keys = [...new Set(appliances)].map((appliance) => leaseKey(link.address, appliance)).sort()
  }

  /** What tells this holder from others, and from itself when it held it before. */
  get token(): string {
    return this.#token
  }

  get heard(): number {
    return this.#heard
  }

  /** Whether it is still held, by this end's own clock. */
  get isHeld(): boolean {
    return performance.now() - this.#heard <= this.#link.address.lost * 1000 * SURE
  }

  /** Takes all of them, or none: another has one. Held ones are prolonged. */
  async take(): Promise<boolean> {
    if (this.isHeld) return this.#ask('renew')
    this.#token = randomUUID()
    const isHeld = await this.#ask('lease')
    if (isHeld) this.#timer ??= setInterval(() => void this.#renew(), beatMs(this.#link.address))
    return isHeld
  }

  /** Throws ERR_QUEUE_LEASE where it may be another's: nothing is to be done to the appliance any more. */
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

  /** Does something to the appliances once they can be had, and lets go of them. `signal` of `work` aborts when they are lost. */
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
    // It was let go of meanwhile, or taken anew.
    if (token !== this.#token) return false
    this.#heard = counts === 1 ? Math.max(this.#heard, asked) : Number.NEGATIVE_INFINITY
    return counts === 1
  }
}
