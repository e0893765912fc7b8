import type { Nanos } from '../model/batch.ts'

const FIRST_CAPACITY = 64

/** Flows ordered by when they may expire, earliest first, ties in no particular order: a binary heap of columns. */
export class ExpiryQueue {
  #moments = new Float64Array(FIRST_CAPACITY)
  #flows = new Int32Array(FIRST_CAPACITY)
  #size = 0

  /** The earliest moment; infinity if empty. */
  get first(): Nanos {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#moments[0] ?? 0)
  }

  add(moment: Nanos, flow: number): void {
    if (this.#size === this.#flows.length) this.#grow()
    let at = this.#size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if ((this.#moments[parent] ?? 0) <= moment) break
      this.#move(parent, at)
      at = parent
    }
    this.#moments[at] = moment
    this.#flows[at] = flow
  }

  /** Removes and returns the flow with the earliest moment; -1 if empty. */
  take(): number {
    if (this.#size === 0) return -1
    const flow = this.#flows[0] ?? -1
    const last = --this.#size
    const moment = this.#moments[last] ?? 0
    let at = 0
    for (let child = 1; child < last; child = 2 * at + 1) {
      if (child + 1 < last && (this.#moments[child + 1] ?? 0) < (this.#moments[child] ?? 0)) child++
      if (moment <= (this.#moments[child] ?? 0)) break
      this.#move(child, at)
      at = child
    }
    this.#moments[at] = moment
    this.#flows[at] = this.#flows[last] ?? 0
    return flow
  }

  clear(): void {
    this.#size = 0
  }

  #move(from: number, to: number): void {
    this.#moments[to] = this.#moments[from] ?? 0
    this.#flows[to] = this.#flows[from] ?? 0
  }

  #grow(): void {
    const moments = new Float64Array(this.#moments.length * 2)
    moments.set(this.#moments)
    this.#moments = moments
    const flows = new Int32Array(moments.length)
    flows.set(this.#flows)
    this.#flows = flows
  }
}
