import type { Nanos } from '../model/batch.ts'
import type { Expectation, Query } from '../model/sharing.ts'

/** A message of one host to another about a flow. */
export interface Update {
  /** When it arrives. */
  readonly due: Nanos
  readonly from: number
  readonly to: number
  readonly flow: number
  /** The session when sent; `gone`: it has ended; `now`: as it is on arrival; or information that is not in a session. */
  readonly session: Uint8Array | 'gone' | 'now' | Expectation | Query
}

/** Updates on their way, in order of arrival; those that arrive together are in the order in which they were sent. */
export class InFlight {
  #updates: Update[] = []
  #next = 0

  send(update: Update): void {
    const updates = this.#updates
    let at = updates.length
    while (at > this.#next && (updates[at - 1]?.due ?? 0) > update.due) at--
    if (at === updates.length) updates.push(update)
    else updates.splice(at, 0, update)
  }

  /** Takes the next update that has arrived by then; undefined: none has. */
  take(at: Nanos): Update | undefined {
    const update = this.#updates[this.#next]
    if (update === undefined || update.due > at) return undefined
    this.#next++
    if (this.#next > 1024 && this.#next * 2 > this.#updates.length) {
      this.#updates = this.#updates.slice(this.#next)
      this.#next = 0
    }
    return update
  }

  /** Loses everything that comes from a host or goes to it. */
  lose(host: number): void {
    this.#updates = this.#updates.slice(this.#next).filter(({ from, to }) => from !== host && to !== host)
    this.#next = 0
  }

  clear(): void {
    this.#updates = []
    this.#next = 0
  }
}
