import type { Nanos } from '../../model/batch.ts'

interface Update {
  readonly sent: Nanos
  readonly arrives: Nanos
  readonly session: Uint8Array
}

/** What an owner tells the backup owner about one connection: the newest that has arrived, and what is on its way, in order. */
export class Updates {
  #updates: Update[] = []
  #spare: Uint8Array | undefined

  /** Where the next session may be written: what held one that counts no more. */
  get spare(): Uint8Array | undefined {
    return this.#spare
  }

  /** The owner's session as it is sent now, or will be. Later ones never arrive earlier. */
  add(now: Nanos, sent: Nanos, arrives: Nanos, session: Uint8Array): void {
    const updates = this.#updates
    if (session === this.#spare) this.#spare = undefined
    // Of several that arrive together, or have arrived, the newest counts.
    if (updates[updates.length - 1]?.arrives === arrives) this.#spare = updates.pop()?.session
    while ((updates[1]?.arrives ?? Number.POSITIVE_INFINITY) <= now) this.#spare = updates.shift()?.session
    updates.push({ sent, arrives, session })
  }

  /** What the backup owner holds at a time. */
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
