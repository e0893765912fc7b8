import type { Nanos } from '../../model/batch.ts'

interface Update {
  readonly sent: Nanos
  readonly arrives: Nanos
  readonly session: Uint8Array
}

/** The owner's messages to the backup owner about one connection: the newest that has arrived, and those on their way, in order. */
export class Updates {
  #updates: Update[] = []
  #spare: Uint8Array | undefined

  /** Memory for the next session: that of one that is no longer needed. */
  get spare(): Uint8Array | undefined {
    return this.#spare
  }

  /** Adds the owner's session as it is sent at `sent`. Later updates never arrive earlier. */
  add(now: Nanos, sent: Nanos, arrives: Nanos, session: Uint8Array): void {
    const updates = this.#updates
    if (session === this.#spare) this.#spare = undefined
    // Of several that arrive together, or have arrived, only the newest is kept.
    if (updates[updates.length - 1]?.arrives === arrives) this.#spare = updates.pop()?.session
    while ((updates[1]?.arrives ?? Number.POSITIVE_INFINITY) <= now) this.#spare = updates.shift()?.session
    updates.push({ sent, arrives, session })
  }

  /** What the backup owner has at a time. */
  heldAt(time: Nanos): Uint8Array | undefined {
    return this.#updates.findLast(({ arrives }) => arrives <= time)?.session
  }

  /** The owner has failed: what it would have sent later is never sent. */
  end(at: Nanos): void {
    this.#updates = this.#updates.filter(({ sent }) => sent <= at)
  }

  clear(): void {
    this.#updates = []
  }
}
