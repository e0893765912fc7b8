import { readFragment } from '../flow/fragment.ts'
import type { PacketBatch } from '../model/batch.ts'

/** Datagrams under way that are remembered; beyond that the oldest are forgotten. */
const MOST_DATAGRAMS = 4096
const MIXED = -1

/**
 * Knows by which host the fragments of a datagram came: no host can put together what it saw only a part of. Rare, so strings
 * are good enough for keys.
 */
export class FragmentHosts {
  /** Host by datagram, `MIXED` for several. */
  readonly #hosts = new Map<string, number>()

  /** Takes note of a fragment; answers whether all of its datagram so far came by this host. */
  note(batch: PacketBatch, index: number, host: number): boolean {
    const key = keyOf(batch, index)
    const before = this.#hosts.get(key)
    const now = before === undefined || before === host ? host : MIXED
    if (before === undefined && this.#hosts.size === MOST_DATAGRAMS) this.#forgetOldest()
    this.#hosts.set(key, now)
    return now === host
  }

  /** The datagram is complete: its identification may come again. */
  forget(batch: PacketBatch, index: number): void {
    this.#hosts.delete(keyOf(batch, index))
  }

  clear(): void {
    this.#hosts.clear()
  }

  #forgetOldest(): void {
    for (const key of this.#hosts.keys()) {
      this.#hosts.delete(key)
      return
    }
  }
}

/** Empty where the header was not captured. */
function keyOf(batch: PacketBatch, index: number): string {
  return readFragment(batch, index, false)?.key ?? ''
}
