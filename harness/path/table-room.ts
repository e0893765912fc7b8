import type { Nanos } from '../model/batch.ts'
import { MOST_FLOWS } from '../model/flow-place.ts'
import type { FlowEntries } from './flow-entries.ts'

/** Whether there is room for another entry: the capacity of the table, less the room that other flows take. */
export class TableRoom {
  readonly #capacity: number | undefined
  #others = 0
  #until: Nanos = 0
  /** No entry becomes idle for too long before this. */
  #nextIdle: Nanos = Number.NEGATIVE_INFINITY

  /** `capacity` undefined: there is always room, except for what `fill` takes. */
  constructor(capacity: number | undefined) {
    this.#capacity = capacity
  }

  /** Whether a new flow must be refused. Entries that were idle for too long are removed to make room. */
  isFull(entries: FlowEntries, now: Nanos, tcpIdle: Nanos, otherIdle: Nanos): boolean {
    const most = this.#most(now)
    if (entries.live < most) return false
    if (now > this.#nextIdle) this.#nextIdle = entries.expireIdle(now, tcpIdle, otherIdle)
    return entries.live >= most
  }

  /** Notes that an entry was made which will not be idle for too long before `until`. */
  made(until: Nanos): void {
    this.#nextIdle = Math.min(this.#nextIdle, until)
  }

  /** Other flows take all the room that is left, until `until`. */
  fill(active: number, until: Nanos): void {
    this.#others = Math.max(0, (this.#capacity ?? MOST_FLOWS) - active)
    this.#until = until
  }

  /** The number of those other flows. */
  others(now: Nanos): number {
    return now <= this.#until ? this.#others : 0
  }

  reset(): void {
    this.#others = 0
    this.#until = 0
    this.#nextIdle = Number.NEGATIVE_INFINITY
  }

  #most(now: Nanos): number {
    const others = this.others(now)
    return others > 0 ? (this.#capacity ?? MOST_FLOWS) - others : (this.#capacity ?? Number.POSITIVE_INFINITY)
  }
}
