import type { Nanos } from '../../model/batch.ts'
import type { Query } from '../../model/sharing.ts'

const FIRST_SWEEP = 1024

interface Entry {
  until: Nanos
  answered: boolean
}

/**
 * ICMP queries: the last nanosecond at which each one's entry lives, and whether it was answered. A flow may have several at a time,
 * distinguished by direction, code and identifier, so they are not in its record. Expired entries are removed each time as many
 * again were added.
 */
export class Queries {
  readonly #entries = new Map<number, Entry>()
  #sweepAt = FIRST_SWEEP
  #fresh: Query | undefined

  /** The key of a query: flow (below 2^28), the batch's direction of the query, and 24 bits of code and identifier. */
  static key(flow: number, direction: number, query: number): number {
    return (flow * 2 + direction) * 0x1000000 + query
  }

  /** Whether the query was let through and has not expired. */
  isAlive(key: number, now: Nanos): boolean {
    return now <= (this.#entries.get(key)?.until ?? Number.NEGATIVE_INFINITY)
  }

  /** A packet of the query or its reply was let through, so its entry lives until `until`; `now` is for removing expired entries. */
  live(key: number, until: Nanos, now: Nanos, answer: boolean): void {
    const known = this.#entries.get(key)
    if (known !== undefined && now <= known.until && (known.answered || !answer)) {
      known.until = until
      return
    }
    this.#fresh = { key, until, answered: answer }
    this.add(this.#fresh, now)
  }

  /** Returns the latest query that was begun, or answered for the first time, unless it was taken before. */
  takeFresh(): Query | undefined {
    const fresh = this.#fresh
    this.#fresh = undefined
    return fresh
  }

  /** Sets the entry of a query as replicated from another host. */
  add({ key, until, answered }: Query, now: Nanos): void {
    if (this.#entries.size >= this.#sweepAt) this.#sweep(now)
    this.#entries.set(key, { until, answered })
  }

  forget(key: number): void {
    this.#entries.delete(key)
    this.#fresh = undefined
  }

  /** Takes over another host's entries that live longer there than here. */
  addFrom(other: Queries, at: Nanos): void {
    for (const [key, entry] of other.#entries)
      if (at <= entry.until && !this.isAlive(key, entry.until)) this.#entries.set(key, { ...entry })
  }

  clear(): void {
    this.#entries.clear()
    this.#sweepAt = FIRST_SWEEP
    this.#fresh = undefined
  }

  #sweep(now: Nanos): void {
    for (const [key, { until }] of this.#entries) if (now > until) this.#entries.delete(key)
    this.#sweepAt = Math.max(FIRST_SWEEP, this.#entries.size * 2)
  }
}
