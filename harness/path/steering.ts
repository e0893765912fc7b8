import type { HostEvent } from '../model/timeline.ts'

type Steer = Extract<HostEvent, { kind: 'steer' }>

const BOTH = 2

/** Paths forced by injections, whatever entries the load balancer has. Few, so a list. */
export class Steering {
  readonly #steers: Steer[] = []

  get active(): boolean {
    return this.#steers.length > 0
  }

  /** Adds a steer, which takes precedence over earlier ones. */
  add(steer: Steer): void {
    this.#steers.push(steer)
  }

  /** A host index or `Host.bypass`; -1: the packet is not steered. */
  hostOf(flow: number, direction: number): number {
    for (let at = this.#steers.length - 1; at >= 0; at--) {
      const steer = this.#steers[at]
      if (steer === undefined || (steer.flow !== -1 && steer.flow !== flow)) continue
      if (steer.direction === BOTH || steer.direction === direction) return steer.host
    }
    return -1
  }

  clear(): void {
    this.#steers.length = 0
  }
}
