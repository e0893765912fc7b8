import type { PacketBatch, Rebuilt } from '../model/batch.ts'
import { Host, Kind } from '../model/codes.ts'
import type { Knobs } from '../profile/index.ts'
import { fragmentReadingOf } from '../profile/reading.ts'
import { Unfinished } from './conntrack/unfinished.ts'

/** The most incomplete datagrams that are remembered; beyond that the oldest are forgotten. */
const MOST_DATAGRAMS = 4096
const MIXED = -1

/** Tracks by which host the fragments of a datagram came: no host can reassemble a datagram of which it saw only a part. */
export class FragmentHosts {
  /** Host for each datagram number, `MIXED` if several. */
  readonly #hosts = new Map<number, number>()
  /** Receives the fragments that hosts see; absent: unfinished datagrams are dropped silently. */
  readonly unfinished: Unfinished | undefined

  /** `knobs`: of a system that reports unfinished datagrams; absent: they are dropped silently. */
  constructor(knobs: Knobs | undefined) {
    if (knobs !== undefined) this.unfinished = new Unfinished(fragmentReadingOf(knobs))
  }

  /**
   * Records a fragment; returns whether all fragments of its datagram so far came by this host. The fragment that
   * completes a datagram ends its tracking; its fragments may come again after that.
   */
  note(batch: PacketBatch, index: number, host: number): boolean {
    const together = this.#isTogether(batch, index, host)
    const whole = rebuiltAt(batch.rebuilt, index) !== undefined
    if (whole) this.#hosts.delete(batch.datagram[index] ?? -1)
    if (whole && together) this.unfinished?.complete(batch, index, host)
    else if (host !== Host.bypass) this.unfinished?.note(batch, index, host)
    return together
  }

  #isTogether(batch: PacketBatch, index: number, host: number): boolean {
    const datagram = batch.datagram[index] ?? -1
    const before = this.#hosts.get(datagram)
    const now = before === undefined || before === host ? host : MIXED
    if (before === undefined && this.#hosts.size === MOST_DATAGRAMS) this.#forgetOldest()
    if (now !== before) this.#hosts.set(datagram, now)
    return now === host
  }

  clear(): void {
    this.#hosts.clear()
    this.unfinished?.clear()
  }

  #forgetOldest(): void {
    for (const datagram of this.#hosts.keys()) {
      this.#hosts.delete(datagram)
      return
    }
  }
}

/** The datagram that packet `index` completed. `rebuilt` is in order of index and may be long. */
export function rebuiltAt(rebuilt: readonly Rebuilt[], index: number): Rebuilt | undefined {
  let from = 0
  let to = rebuilt.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((rebuilt[middle]?.index ?? index) < index) from = middle + 1
    else to = middle
  }
  return rebuilt[from]?.index === index ? rebuilt[from] : undefined
}

export function isFragment({ kind }: PacketBatch, index: number): boolean {
  return kind[index] === Kind.fragment4 || kind[index] === Kind.fragment6
}
