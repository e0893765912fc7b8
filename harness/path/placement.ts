import { NANOS_PER_SECOND, type Nanos } from '../model/batch.ts'
import type { LoadBalancer } from '../model/setup.ts'
import { defaultsOf } from './defaults.ts'
import { Health } from './health.ts'
import { mix32 } from './tuple-hash.ts'

/** `up`: the host is as at the beginning, so nothing needs to be checked; `asked`: its state must be checked. */
export const Service = { up: 0, asked: 1 } as const

/** How a host leaves. */
export type Leave = 'drain' | 'crash' | 'unhealthy'

const SETTLED = Number.NEGATIVE_INFINITY

/** The hosts behind the load balancer: which are in service when, and which host gets a flow. */
export class Placement {
  /** By host: a `Service` code. */
  readonly service: Uint8Array
  /** Whether hosts are chosen by the hash of a tuple; otherwise the first host in service is. */
  readonly byHash: boolean
  readonly #health: Health
  /** By host: it forwards nothing. */
  readonly #dead: Uint8Array
  /** By host: it is being deregistered; its flows stay until `#drained`. */
  readonly #draining: Uint8Array
  readonly #drained: Float64Array
  readonly #delay: Nanos
  /** By host: whether the client's flows may go there; undefined: everywhere. */
  readonly #reachable: readonly boolean[] | undefined
  readonly #failsOpen: boolean
  #left = -1

  constructor(hosts: number, loadBalancer: LoadBalancer) {
    const { health, deregistrationDelay } = defaultsOf(loadBalancer)
    const interval = health.interval * NANOS_PER_SECOND
    this.service = new Uint8Array(hosts)
    this.byHash = loadBalancer.placement === 'hash'
    this.#health = new Health(hosts, interval * health.unhealthyThreshold, interval * health.healthyThreshold)
    this.#dead = new Uint8Array(hosts)
    this.#draining = new Uint8Array(hosts)
    this.#drained = new Float64Array(hosts)
    this.#delay = deregistrationDelay * NANOS_PER_SECOND
    const { zones } = loadBalancer
    this.#reachable =
      zones === undefined || zones.crossZone ? undefined : zones.hosts.map((zone) => zone === zones.client)
    this.#failsOpen = loadBalancer.allUnhealthy !== 'closed'
  }

  /**
   * The host of a tuple; -1: none. It depends on the tuple and on the hosts in service, never on the flow's earlier host.
   * By hash, the host with the highest score wins, so that only the flows of a host that leaves move (rendezvous
   * hashing).
   */
  place(hash: number, now: Nanos): number {
    const healthy = this.#best(hash, now, true)
    return healthy >= 0 || !this.#failsOpen ? healthy : this.#best(hash, now, false)
  }

  #best(hash: number, now: Nanos, healthy: boolean): number {
    let best = -1
    let highest = -1
    for (let host = 0; host < this.service.length; host++) {
      if (!this.#takes(host, now, healthy)) continue
      if (!this.byHash) return host
      const score = mix32(hash ^ Math.imul(host + 1, 0x9e3779b9)) >>> 0
      if (score <= highest) continue
      best = host
      highest = score
    }
    return best
  }

  /** Whether a host may get new flows. */
  #takes(host: number, now: Nanos, healthy: boolean): boolean {
    if (this.#reachable?.[host] === false || this.#draining[host] === 1) return false
    return !healthy || this.isHealthy(host, now)
  }

  /** Whether the load balancer takes the host for healthy. */
  isHealthy(host: number, now: Nanos): boolean {
    return this.service[host] === Service.up || this.#health.isHealthy(host, now)
  }

  isDead(host: number): boolean {
    return this.#dead[host] === 1
  }

  /** Whether a host has lost its flows: it is unhealthy, or its deregistration has ended. */
  hasLeft(host: number, now: Nanos): boolean {
    if (this.service[host] === Service.up) return false
    return !this.isHealthy(host, now) || (this.#draining[host] === 1 && now >= (this.#drained[host] ?? 0))
  }

  /** Whether unhealthy hosts get flows because there is no healthy one. */
  failsOpen(now: Nanos): boolean {
    return this.#failsOpen && this.#best(0, now, true) < 0 && this.#best(0, now, false) >= 0
  }

  /** The first host that new flows may go to, -1: none. */
  first(now: Nanos): number {
    for (let host = 0; host < this.service.length; host++) if (this.#takes(host, now, true)) return host
    return -1
  }

  /** How many registered hosts the load balancer takes for healthy, or for unhealthy. */
  count(healthy: boolean, now: Nanos): number {
    let count = 0
    for (let host = 0; host < this.service.length; host++)
      if (this.#draining[host] === 0 && this.isHealthy(host, now) === healthy) count++
    return count
  }

  /** A host leaves; with `outage`, what that takes only begins now. A host that has crashed stays crashed. */
  leave(host: number, cause: Leave, at: Nanos, outage: boolean): void {
    this.service[host] = Service.asked
    this.#left = host
    if (cause === 'drain') {
      this.#draining[host] = 1
      this.#drained[host] = outage ? at + this.#delay : SETTLED
      return
    }
    if (cause === 'crash') this.#dead[host] = 1
    this.#health.fail(host, outage ? at : SETTLED)
  }

  /** The host that left last; the first host if none did. */
  get left(): number {
    return Math.max(0, this.#left)
  }

  /** Brings a host back (-1: the one that left last, if any did) and returns it. With `outage`, its health has yet to be noticed. */
  restore(host: number, at: Nanos, outage: boolean): number {
    const back = host < 0 ? this.left : host
    this.#dead[back] = 0
    this.#draining[back] = 0
    if (outage && this.service[back] !== Service.up) this.#health.mend(back, at)
    else {
      this.#health.clear(back)
      this.service[back] = Service.up
    }
    return back
  }

  /** Ends all deregistration delays, so that the flows of those hosts move. */
  flush(): void {
    this.#drained.fill(SETTLED)
  }

  restoreAll(): void {
    for (let host = 0; host < this.service.length; host++) this.restore(host, 0, false)
    this.#left = -1
  }
}
