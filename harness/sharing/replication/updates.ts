import type { Nanos } from '../../model/batch.ts'

/** A session on its way from a host to the others. */
export interface Update {
  readonly due: Nanos
  readonly host: number
  readonly flow: number
  readonly session: Uint8Array
}

/** Updates on their way, in the order of sending: all take equally long. */
export class Updates {
  #waiting: Update[] = []
  #head = 0

  send(update: Update): void {
    this.#waiting.push(update)
  }

  /** The next update that has arrived; undefined: none. */
  take(now: Nanos): Update | undefined {
    const next = this.#waiting[this.#head]
    if (next === undefined || next.due > now) return undefined
    this.#head++
    if (this.#head === this.#waiting.length) this.clear()
    return next
  }

  /** Takes out what a host has sent. */
  forget(host: number): void {
    this.#waiting = this.#waiting.slice(this.#head).filter((update) => update.host !== host)
    this.#head = 0
  }

  clear(): void {
    this.#waiting.length = 0
    this.#head = 0
  }
}
