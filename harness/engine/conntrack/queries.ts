import type { Nanos } from '../../model/batch.ts'

const FIRST_SWEEP = 1024

/**
 * ICMP queries: the last nanosecond at which each one's entry lives. A flow may have several at a time, told apart by
 * direction, code and identifier, so that they are not in its record. What has expired is forgotten whenever as much again
 * was added.
 */
export class Queries {
  readonly #until = new Map<number, Nanos>()
  #sweepAt = FIRST_SWEEP

  /** The key of a query: flow (below 2^28), the batch's direction of the query, and 24 bits of code and identifier. */
  static key(flow: number, direction: number, query: number): number {
    return (flow * 2 + direction) * 0x1000000 + query
  }

  /** Whether the query was let through, and its time is not up. */
  isAlive(key: number, now: Nanos): boolean {
    return now <= (this.#until.get(key) ?? Number.NEGATIVE_INFINITY)
  }

  /** Lets a query live until then; `now` tells what has expired. */
  live(key: number, until: Nanos, now: Nanos): void {
    if (this.#until.size >= this.#sweepAt) this.#sweep(now)
    this.#until.set(key, until)
  }

  forget(key: number): void {
    this.#until.delete(key)
  }

  /** Takes over what lives at another host, where it lives longer than here. */
  addFrom(other: Queries, at: Nanos): void {
    for (const [key, until] of other.#until)
      if (at <= until && !this.isAlive(key, until)) this.#until.set(key, until)
  }

  clear(): void {
    this.#until.clear()
    this.#sweepAt = FIRST_SWEEP
  }

  #sweep(now: Nanos): void {
    for (const [key, until] of this.#until) if (now > until) this.#until.delete(key)
    this.#sweepAt = Math.max(FIRST_SWEEP, this.#until.size * 2)
  }
}
