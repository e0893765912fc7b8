import type { Nanos } from '../model/batch.ts'

/**
 * The health of hosts as the load balancer sees it: a change is noticed once as many consecutive checks have shown it as the
 * threshold requires (AWS Gateway Load Balancer guide, health checks). Checks are `interval` apart; the first after a change
 * comes a whole interval later.
 */
export class Health {
  /** By host: whether it fails checks, and since when this is noticed; before that the load balancer assumes the opposite. */
  readonly #failing: Uint8Array
  readonly #believed: Float64Array
  readonly #untilUnhealthy: Nanos
  readonly #untilHealthy: Nanos

  constructor(hosts: number, untilUnhealthy: Nanos, untilHealthy: Nanos) {
    this.#failing = new Uint8Array(hosts)
    this.#believed = new Float64Array(hosts).fill(Number.NEGATIVE_INFINITY)
    this.#untilUnhealthy = untilUnhealthy
    this.#untilHealthy = untilHealthy
  }

  isHealthy(host: number, now: Nanos): boolean {
    return (this.#failing[host] === 1) !== now >= (this.#believed[host] ?? 0)
  }

  /** Checks fail from `at` on; -Infinity: for so long that this has been noticed. */
  fail(host: number, at: Nanos): void {
    this.#change(host, 1, at, this.#untilUnhealthy)
  }

  /** Checks succeed from `at` on. */
  mend(host: number, at: Nanos): void {
    this.#change(host, 0, at, this.#untilHealthy)
  }

  /** Healthy, as at the beginning. */
  clear(host: number): void {
    this.#failing[host] = 0
    this.#believed[host] = Number.NEGATIVE_INFINITY
  }

  #change(host: number, failing: 0 | 1, at: Nanos, until: Nanos): void {
    const known = this.isHealthy(host, at) === (failing === 0)
    // A change back cancels a change that was not noticed yet: what is still believed is then true again.
    if (this.#failing[host] === failing && at !== Number.NEGATIVE_INFINITY) return
    this.#failing[host] = failing
    this.#believed[host] = known ? Number.NEGATIVE_INFINITY : at + until
  }
}
