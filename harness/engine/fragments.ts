import type { PacketBatch } from '../model/batch.ts'
import { Kind } from '../model/codes.ts'
import { u16, u32 } from '../wire/bytes.ts'
import { findFragmentHeader } from '../wire/ipv6.ts'

/** Datagrams under way that are remembered; beyond that the oldest are forgotten. */
const MOST_DATAGRAMS = 4096
const MIXED = -1

/**
 * Knows by which host the fragments of a datagram came: no host can put together what it saw only a part of. Rare, so strings
 * are good enough for keys.
 */
export class FragmentHosts {
  /** Host by flow and identification, `MIXED` for several. */
  readonly #hosts = new Map<string, number>()

  /** Takes note of a fragment; answers whether all of its datagram so far came by this host. */
  note(batch: PacketBatch, index: number, host: number, flow: number): boolean {
    const key = `${flow}/${identification(batch, index)}`
    const before = this.#hosts.get(key)
    const now = before === undefined || before === host ? host : MIXED
    if (before === undefined && this.#hosts.size === MOST_DATAGRAMS) this.#forgetOldest()
    this.#hosts.set(key, now)
    return now === host
  }

  /** The datagram is complete: its identification may come again. */
  forget(batch: PacketBatch, index: number, flow: number): void {
    this.#hosts.delete(`${flow}/${identification(batch, index)}`)
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

/** RFC 791 3.1, RFC 8200 4.5; 0 where the header was not captured. */
function identification(batch: PacketBatch, index: number): number {
  const { bytes } = batch
  const l3 = batch.l3[index] ?? -1
  const end = (batch.start[index] ?? 0) + (batch.captured[index] ?? 0)
  if (l3 < 0) return 0
  if (batch.kind[index] === Kind.fragment4) return u16(bytes, l3 + 4)
  const header = findFragmentHeader(bytes, l3, end)
  return header < 0 ? 0 : u32(bytes, header + 4)
}
