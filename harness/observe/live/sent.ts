import { Verdict } from '../../model/codes.ts'

/** State of a packet that stayed undecided and is not waited for any more. */
export const GAVE_UP = 255

/** Packets remembered after they were resolved, for copies that come late or again. */
const CAPACITY = 1 << 17

/** The data by which a sent packet is matched; filled before `add`. */
export interface SentPacket {
  readonly key: number
  /** Flow * 2 + direction. */
  readonly way: number
  /** Host index * 2 + direction. */
  readonly road: number
  /** IPv4's identification, 0 for IPv6, and hop limit as sent. */
  readonly id: number
  readonly hops: number
  /** Step of the timeline, for reports about the packet after its batch is gone. */
  readonly step: number
  /** Its number in the capture. */
  readonly packet: number
}

/**
 * Packets that were sent, by running number from 0: columns in a ring, found by key. `state` is a `Verdict` code, undecided as long
 * as the packet is waited for, or `GAVE_UP`; a resolved packet can be found until the ring comes round.
 */
export class SentPackets {
  /** The next packet's number. */
  next = 0
  readonly state = new Uint8Array(CAPACITY)
  /** When it was passed to the port, and when it was first seen to come out; infinite until then. */
  readonly at = new Float64Array(CAPACITY)
  readonly seen = new Float64Array(CAPACITY)
  readonly road = new Uint16Array(CAPACITY)
  readonly way = new Int32Array(CAPACITY)
  readonly id = new Uint16Array(CAPACITY)
  readonly hops = new Uint8Array(CAPACITY)
  readonly step = new Int32Array(CAPACITY)
  readonly packet = new Int32Array(CAPACITY)
  readonly #key = new Float64Array(CAPACITY)
  readonly #following = new Float64Array(CAPACITY)
  readonly #first = new Map<number, number>()

  /** The index of a packet's values in the columns. */
  slot(number: number): number {
    return number & (CAPACITY - 1)
  }

  /** Adds a packet that is about to be sent; returns its number. */
  add(packet: SentPacket): number {
    const number = this.next++
    const slot = this.slot(number)
    if (number >= CAPACITY) this.#forget(number - CAPACITY)
    this.state[slot] = Verdict.undecided
    this.at[slot] = Number.POSITIVE_INFINITY
    this.seen[slot] = Number.POSITIVE_INFINITY
    this.road[slot] = packet.road
    this.way[slot] = packet.way
    this.id[slot] = packet.id
    this.hops[slot] = packet.hops
    this.step[slot] = packet.step
    this.packet[slot] = packet.packet
    this.#key[slot] = packet.key
    this.#following[slot] = -1
    const first = this.#first.get(packet.key)
    if (first === undefined) this.#first.set(packet.key, number)
    else {
      let last = this.slot(first)
      for (let after = this.#following[last] ?? -1; after >= 0; after = this.#following[last] ?? -1)
        last = this.slot(after)
      this.#following[last] = number
    }
    return number
  }

  /** Packets with this key, oldest first: the first, or the one after `number`; -1: none. */
  first(key: number): number {
    return this.#first.get(key) ?? -1
  }

  after(number: number): number {
    return this.#following[this.slot(number)] ?? -1
  }

  clear(): void {
    this.next = 0
    this.#first.clear()
  }

  #forget(number: number): void {
    const slot = this.slot(number)
    const key = this.#key[slot] ?? 0
    if (this.#first.get(key) !== number) return
    const after = this.#following[slot] ?? -1
    if (after < 0) this.#first.delete(key)
    else this.#first.set(key, after)
  }
}
