import type { Nanos } from '../../model/batch.ts'

interface Change {
  readonly due: Nanos
  readonly host: number
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** Changes of sessions on their way to the store, in order of arrival. */
export class WriteBehind {
  #changes: Change[] = []
  /** Index of the first change that was not taken yet. */
  #next = 0
  #latest: Nanos = 0

  /** The number of changes that were not taken yet. */
  get length(): number {
    return this.#changes.length - this.#next
  }

  /** Adds a change made by a host; it is in the store from `due` on. */
  add(due: Nanos, host: number, key: Uint8Array, value: Uint8Array): void {
    // Packets are offered in order of time, except for small steps back in captures.
    this.#latest = Math.max(this.#latest, due)
    this.#changes.push({ due: this.#latest, host, key, value })
  }

  /** Passes changes that have arrived by then to `take`. */
  settle(now: Nanos, take: (change: { readonly key: Uint8Array; readonly value: Uint8Array }) => void): void {
    const changes = this.#changes
    let next = this.#next
    for (let change = changes[next]; change !== undefined && change.due <= now; change = changes[++next])
      take(change)
    this.#next = next
    if (next * 2 < changes.length) return
    this.#changes = changes.slice(next)
    this.#next = 0
  }

  /** Loses what a host has not written yet. */
  lose(host: number): void {
    this.#changes = this.#changes.slice(this.#next).filter((change) => change.host !== host)
    this.#next = 0
  }

  clear(): void {
    this.#changes = []
    this.#next = 0
    this.#latest = 0
  }
}
