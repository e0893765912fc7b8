import type { Nanos, PacketBatch } from '../model/batch.ts'
import { Kind } from '../model/codes.ts'
import type { FragmentReading } from '../model/reading.ts'
import { HashTable } from '../support/hash-table.ts'
import { Assembly } from './assembly.ts'
import {
  alone,
  DATAGRAM_WORDS,
  endsInHeaders,
  finishDatagram,
  headOf,
  newFragment,
  oddBytes,
  readFragment,
  writeDatagramKey,
} from './fragment.ts'
import { FragmentTimer } from './fragment-timer.ts'
import { DISCARD } from './overlap.ts'
import { Slab } from './slab.ts'

/** The most datagrams in reassembly at a time. */
export const MAX_DATAGRAMS = 4096
const MAX_BYTES = 16 << 20
/** IPv6 kinds that are no fragments. */
const WHOLE6: ReadonlySet<number> = new Set([Kind.tcp6, Kind.udp6, Kind.icmp6, Kind.ip6])
/** The highest end of a fragment's data: the largest datagram, for IPv4 including its header (RFC 791 3.1, RFC 8200 4.5). */
const LARGEST = { v4: 65_535 - 20, v6: 65_535 } as const

/** The datagram of a fragment and, if this fragment completes it, the whole datagram, IP header first. */
export interface Datagram {
  readonly assembly: Assembly
  readonly whole: Uint8Array | undefined
}

/** The incomplete datagrams. Bounded in number, bytes and time: the oldest are dropped. */
export class FragmentStore {
  readonly #reading: FragmentReading
  readonly #timer: FragmentTimer
  readonly #keys = new HashTable(DATAGRAM_WORDS)
  /** By id of the key, in the order in which they began. */
  readonly #open = new Map<number, Assembly>()
  readonly #fragment = newFragment()
  readonly #slab = new Slab()
  #held = 0
  #begun = 0

  constructor(reading: FragmentReading) {
    this.#reading = reading
    this.#timer = new FragmentTimer(reading)
  }

  /** Adds packet `index`, a fragment; undefined if its fragment header was not captured, or it belongs to no datagram. */
  add(batch: PacketBatch, index: number): Datagram | undefined {
    const { overlap, bothWays, linux } = this.#reading
    const fragment = this.#fragment
    if (!readFragment(batch, index, fragment)) return undefined
    if (linux && endsInHeaders(batch, index, fragment)) return undefined
    const odd = linux ? oddBytes(fragment) : 0
    if (!fragment.six) fragment.to -= odd
    const { six, offset, from, to, isWhole } = fragment
    writeDatagramKey(this.#keys.key, batch, index, fragment, bothWays)
    const id = this.#keys.add()
    const assembly = this.#at(id, six, batch.time[index] ?? 0)
    // A fragment that was truncated, or would exceed the largest datagram, only gives its flow.
    if (!isWhole || offset + to - from > (six ? LARGEST.v6 : LARGEST.v4))
      return { assembly, whole: undefined }
    if (six && odd > 0) {
      this.#drop(id, assembly)
      const own = offset === 0 ? alone(batch.bytes, fragment, this.#slab) : undefined
      return { assembly, whole: finishDatagram(own) }
    }
    this.#held -= assembly.held
    const head = offset === 0 ? headOf(batch.bytes, fragment, this.#slab) : undefined
    const kept = assembly.add(batch.bytes, fragment, head, overlap, this.#slab)
    this.#held += assembly.held
    const whole = kept === 0 ? assembly.whole(this.#slab) : undefined
    if (kept === DISCARD || whole !== undefined) this.#drop(id, assembly)
    this.#makeRoom()
    return { assembly, whole: finishDatagram(whole) }
  }

  /**
   * Makes packet `index` a fragment if it is a whole datagram with a fragment header while reassembly of that datagram is
   * open (see `FragmentReading.linux`).
   */
  claim(batch: PacketBatch, index: number): void {
    if (
      this.#open.size === 0 ||
      !WHOLE6.has(batch.kind[index] ?? Kind.other) ||
      !readFragment(batch, index, this.#fragment)
    )
      return
    writeDatagramKey(this.#keys.key, batch, index, this.#fragment, this.#reading.bothWays)
    const id = this.#keys.find()
    const known = id < 0 ? undefined : this.#open.get(id)
    if (known !== undefined && !this.#timer.isOver(known.due, batch.time[index] ?? 0))
      batch.kind[index] = Kind.fragment6
  }

  clear(): void {
    this.#keys.reset()
    this.#open.clear()
    this.#held = 0
  }

  #at(id: number, six: boolean, time: Nanos): Assembly {
    const timer = this.#timer
    const known = this.#open.get(id)
    if (known !== undefined && !timer.isOver(known.due, time)) {
      known.due = timer.due(six, time, known.due)
      return known
    }
    if (known !== undefined) this.#forget(id, known)
    const begun = new Assembly(this.#begun++, timer.due(six, time))
    this.#open.set(id, begun)
    return begun
  }

  #makeRoom(): void {
    if (this.#open.size <= MAX_DATAGRAMS && this.#held <= MAX_BYTES) return
    for (const [id, assembly] of this.#open) {
      this.#drop(id, assembly)
      if (this.#open.size <= MAX_DATAGRAMS && this.#held <= MAX_BYTES) return
    }
  }

  #drop(id: number, assembly: Assembly): void {
    this.#keys.remove(id)
    this.#forget(id, assembly)
  }

  #forget(id: number, assembly: Assembly): void {
    this.#open.delete(id)
    this.#held -= assembly.held
  }
}
