import type { Nanos } from '../model/batch.ts'

/**
 * What the load balancer thinks of its hosts' health: a change is believed once as many checks in a row have shown it as the
 * threshold asks for (AWS Gateway Load Balancer guide, health checks). Checks are `interval` apart; the first after a change
 * comes a whole interval later.
 */
export class Health {
  /** By host: how it is, and since when it is believed to be so; until then it is believed to be the other way. */
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

  /** Checks fail from `at` on; -Infinity: for so long that it is known. */
  fail(host: number, at: Nanos): void {
    this.#change(host, 1, at, this.#untilUnhealthy)
  }

  /** Checks succeed from `at` on. */
  mend(host: number, at: Nanos): void {
    this.#change(host, 0, at, this.#untilHealthy)
  }

  /** Healthy, as at first. */
  clear(host: number): void {
    this.#failing[host] = 0
    this.#believed[host] = Number.NEGATIVE_INFINITY
  }

  #change(host: number, failing: 0 | 1, at: Nanos, until: Nanos): void {
    const known = this.isHealthy(host, at) === (failing === 0)
    // What was on its way to be believed and has not come to that begins anew; what is still believed is true again.
    if (this.#failing[host] === failing && at !== Number.NEGATIVE_INFINITY) return
    this.#failing[host] = failing
    this.#believed[host] = known ? Number.NEGATIVE_INFINITY : at + until
  }
}
