import type { LoadBalancer } from '../model/setup.ts'
import { mix32 } from './tuple-hash.ts'

/** Whether a host takes new flows. */
export const Service = { up: 0, draining: 1, crashed: 2 } as const

/** The hosts behind the load balancer: which are in service, and where a flow is placed. */
export class Placement {
  /** By host: a `Service` code. */
  readonly service: Uint8Array
  /** Whether hosts are chosen by the hash of a tuple; else the first in service is. */
  readonly byHash: boolean

  constructor(hosts: number, placement: LoadBalancer['placement']) {
    this.service = new Uint8Array(hosts)
    this.byHash = placement === 'hash'
  }

  /**
   * The host in service that a tuple belongs to, -1 where none is. It depends on the tuple and on who is in service, never
   * on where the flow was before. By hash, the host with the highest score wins, so that only the flows of a host that
   * leaves move (rendezvous hashing).
   */
  place(hash: number): number {
    let best = -1
    let highest = -1
    for (let host = 0; host < this.service.length; host++) {
      if (this.service[host] !== Service.up) continue
      if (!this.byHash) return host
      const score = mix32(hash ^ Math.imul(host + 1, 0x9e3779b9)) >>> 0
      if (score <= highest) continue
      best = host
      highest = score
    }
    return best
  }

  /** Takes a host out of service; one that has crashed stays so. */
  leave(host: number, cause: 'drain' | 'crash'): void {
    const service = cause === 'crash' ? Service.crashed : Service.draining
    this.service[host] = Math.max(this.service[host] ?? 0, service)
  }

  restore(host: number): void {
    this.service[host] = Service.up
  }

  restoreAll(): void {
    this.service.fill(Service.up)
  }
}
