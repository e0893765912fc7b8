import { NANOS_PER_SECOND, type Nanos } from '../../model/batch.ts'
import type { Expectation } from '../../model/sharing.ts'

/** How long a connection is expected (Linux nf_conntrack_ftp.c, ftp_exp_policy). */
const EXPECTED_FOR = 300 * NANOS_PER_SECOND
/** More than this are not kept; the oldest goes first. */
const MOST_EXPECTED = 4096

/** The connections that a host expects, since others have announced them. */
export class Expected {
  /** By key: the last nanosecond at which it is expected. */
  readonly #until = new Map<string, Nanos>()
  #fresh: Expectation | undefined

  /** A connection was announced at this host. */
  announce(key: string, now: Nanos): void {
    this.#fresh = { key, until: now + EXPECTED_FOR - 1 }
    this.add(this.#fresh)
  }

  /** What was announced last, and not asked for yet. */
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

  /** Whether a connection that is opened now was expected; it is not any more. */
  meet(key: string, now: Nanos): boolean {
    const until = this.#until.get(key)
    if (until === undefined) return false
    this.#until.delete(key)
    return now <= until
  }

  /** Nothing is expected. */
  get isEmpty(): boolean {
    return this.#until.size === 0
  }

  clear(): void {
    this.#until.clear()
    this.#fresh = undefined
  }
}
