import { NANOS_PER_SECOND, type Nanos } from '../../model/batch.ts'
import type { Expectation } from '../../model/sharing.ts'

/** How long a connection is expected (Linux nf_conntrack_ftp.c, ftp_exp_policy). */
const EXPECTED_FOR = 300 * NANOS_PER_SECOND
/** The most expectations that are kept; beyond that the oldest are dropped. */
const MOST_EXPECTED = 4096

/** The connections that a host expects because others have announced them. */
export class Expected {
  /** By key: the last nanosecond at which the connection is expected. */
  readonly #until = new Map<string, Nanos>()
  #fresh: Expectation | undefined

  /** Records an announcement made at this host. */
  announce(key: string, now: Nanos): void {
    this.#fresh = { key, until: now + EXPECTED_FOR - 1 }
    this.add(this.#fresh)
  }

  /** Returns the latest announcement, unless it was taken before. */
  takeFresh(): Expectation | undefined {
    const fresh = this.#fresh
    this.#fresh = undefined
    return fresh
  }

  add({ key, until }: Expectation): void {
    this.#until.delete(key)
    this.#until.set(key, until)
    const [oldest] = this.#until.size > MOST_EXPECTED ? this.#until.keys() : []
    if (oldest !== undefined) this.#until.delete(oldest)
  }

  /** Whether a connection that is opened now was expected; the expectation is then used up. */
  meet(key: string, now: Nanos): boolean {
    const until = this.#until.get(key)
    if (until === undefined) return false
    this.#until.delete(key)
    return now <= until
  }

  /** Whether nothing is expected. */
  get isEmpty(): boolean {
    return this.#until.size === 0
  }

  clear(): void {
    this.#until.clear()
    this.#fresh = undefined
  }
}
