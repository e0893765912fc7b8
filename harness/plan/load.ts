import type { Nanos } from '../model/batch.ts'
import type { Limits } from '../model/target.ts'

/** Number of slices of a second in which load is counted. */
const SLICES = 10

/** What is offered within one slice of a second of the target's clock. */
export interface Slice {
  packets: number
  bytes: number
  connections: number
}

/** What cases offer over time, on the target's clock. */
export class Load {
  readonly #slice: Nanos
  readonly #slices = new Map<number, Slice>()
  sessions = 0

  /** `second`: the time on the timeline that passes in a second of the target's clock. */
  constructor(second: Nanos) {
    this.#slice = second / SLICES
  }

  /** Adds a packet of `bytes` bytes; `opens`: it opens a flow. */
  add(at: Nanos, bytes: number, opens: boolean): void {
    const slice = this.#at(Math.floor(at / this.#slice))
    slice.packets++
    slice.bytes += bytes
    if (opens) slice.connections++
  }

  /** Adds another load, at the same times. */
  merge(other: Load): void {
    this.sessions += other.sessions
    for (const [key, { packets, bytes, connections }] of other.#slices) {
      const slice = this.#at(key)
      slice.packets += packets
      slice.bytes += bytes
      slice.connections += connections
    }
  }

  /** The sum of this load and another. */
  with(other: Load): Load {
    const both = new Load(this.#slice * SLICES)
    both.merge(this)
    both.merge(other)
    return both
  }

  /** The most in any second. Never too low, because a second that begins within a slice counts the whole slice. */
  peak(): Slice {
    const most = { packets: 0, bytes: 0, connections: 0 }
    for (const first of this.#slices.keys()) {
      const sum = { packets: 0, bytes: 0, connections: 0 }
      for (let key = first; key <= first + SLICES; key++) {
        const slice = this.#slices.get(key)
        sum.packets += slice?.packets ?? 0
        sum.bytes += slice?.bytes ?? 0
        sum.connections += slice?.connections ?? 0
      }
      most.packets = Math.max(most.packets, sum.packets)
      most.bytes = Math.max(most.bytes, sum.bytes)
      most.connections = Math.max(most.connections, sum.connections)
    }
    return most
  }

  #at(key: number): Slice {
    let slice = this.#slices.get(key)
    if (slice === undefined) {
      slice = { packets: 0, bytes: 0, connections: 0 }
      this.#slices.set(key, slice)
    }
    return slice
  }
}

/** Which limit a load exceeds, in words for reports (`120 packets-per-second of 100`); undefined: none. */
export function exceeded(load: Load, limits: Limits): string | undefined {
  const { packets, bytes, connections } = load.peak()
  const asked: readonly [string, number, number | undefined][] = [
    ['packets-per-second', packets, limits.packetsPerSecond],
    ['bytes-per-second', bytes, limits.bytesPerSecond],
    ['new-connections-per-second', connections, limits.newConnectionsPerSecond],
    ['sessions', load.sessions, limits.sessions],
  ]
  const [over] = asked.filter(([, most, limit]) => limit !== undefined && most > limit)
  return over === undefined ? undefined : `${over[1]} ${over[0]} of ${over[2]}`
}
