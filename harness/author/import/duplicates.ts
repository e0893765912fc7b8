import type { Nanos, PacketBatch } from '../../model/batch.ts'
import { isIpv6 } from '../../wire/ip.ts'

/** How long after a packet its copy from a mirror port may come. */
const WINDOW = 10_000_000
const ETHERNET_TYPE = 12

interface Seen {
  readonly time: Nanos
  readonly hash: number
  readonly bytes: Uint8Array
}

/**
 * Finds what a mirror port showed twice: a packet is a copy when another one of at most 10 ms before it has the same bytes from the IP
 * header on, but for TTL or hop limit and the checksum of the IPv4 header; of what is not IP, from the EtherType on. So hardware addresses and tags do not
 * count. Only the packets of 10 ms are remembered.
 */
export class Duplicates {
  readonly #byHash = new Map<number, Seen[]>()
  #queue: Seen[] = []
  #oldest = 0

  /** Whether packet `i` is a copy of one that was given before it. */
  isCopy(batch: PacketBatch, i: number): boolean {
    const time = batch.time[i] ?? 0
    this.#forget(time - WINDOW)
    const bytes = comparable(batch, i)
    const hash = hashOf(bytes)
    const known = this.#byHash.get(hash)
    if (
      known?.some((seen) => Math.abs(time - seen.time) <= WINDOW && Buffer.compare(seen.bytes, bytes) === 0)
    )
      return true
    const seen = { time, hash, bytes }
    if (known === undefined) this.#byHash.set(hash, [seen])
    else known.push(seen)
    this.#queue.push(seen)
    return false
  }

  #forget(before: Nanos): void {
    for (;;) {
      const seen = this.#queue[this.#oldest]
      if (seen === undefined || seen.time >= before) break
      this.#oldest++
      const left = (this.#byHash.get(seen.hash) ?? []).filter((each) => each !== seen)
      if (left.length === 0) this.#byHash.delete(seen.hash)
      else this.#byHash.set(seen.hash, left)
    }
    if (this.#oldest < 4096) return
    this.#queue = this.#queue.slice(this.#oldest)
    this.#oldest = 0
  }
}

/** A copy of what two showings of a packet have in common. */
function comparable(batch: PacketBatch, i: number): Uint8Array {
  const start = batch.start[i] ?? 0
  const end = start + (batch.captured[i] ?? 0)
  const l3 = batch.l3[i] ?? -1
  if (l3 < 0) return batch.bytes.slice(Math.min(start + ETHERNET_TYPE, end), end)
  const bytes = batch.bytes.slice(l3, end)
  if (isIpv6(bytes, 0)) bytes[7] = 0
  else {
    bytes[8] = 0
    bytes[10] = 0
    bytes[11] = 0
  }
  return bytes
}

/** FNV-1a over the bytes. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (let k = 0; k < bytes.length; k++) hash = Math.imul(hash ^ (bytes[k] ?? 0), 0x01000193)
  return hash
}
