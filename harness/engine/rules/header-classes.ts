import type { Addresses } from './addresses.ts'
import { Bits } from './bits.ts'
import type { Ports } from './ports.ts'

/**
 * Equivalence classes of the addresses of one family at one end: no signature distinguishes two of a class. A class is the range between
 * two adjacent boundaries of the addresses that the signatures name.
 */
export class AddressClasses {
  readonly #size: number
  /** First addresses of the classes, contiguous, ascending; the first is all zeros. */
  readonly #starts: Uint8Array
  /** The signatures that accept each class. */
  readonly accepting: readonly Bits[]

  constructor(addresses: readonly Addresses[], size: 4 | 16) {
    this.#size = size
    const behindAll = 1n << BigInt(size * 8)
    const starts = new Set([0n])
    for (const each of addresses)
      for (const { first, last } of each.stretches(size)) starts.add(first).add(last + 1n)
    starts.delete(behindAll)
    const sorted = [...starts].sort((a, b) => (a < b ? -1 : 1))
    this.#starts = new Uint8Array(sorted.length * size)
    for (const [index, start] of sorted.entries()) this.#starts.set(bytesOf(start, size), index * size)
    const places = new Map(sorted.map((start, index) => [start, index]))
    this.accepting = sorted.map(() => new Bits(addresses.length))
    for (const [index, each] of addresses.entries())
      for (const { first, last } of each.stretches(size)) {
        const behind = places.get(last + 1n) ?? sorted.length
        for (let c = places.get(first) ?? 0; c < behind; c++) this.accepting[c]?.add(index)
      }
  }

  /** The class of the address at `at`. */
  classOf(bytes: Uint8Array, at: number): number {
    let from = 0
    let to = this.accepting.length
    while (to - from > 1) {
      const middle = (from + to) >> 1
      if (this.#isBefore(bytes, at, middle)) to = middle
      else from = middle
    }
    return from
  }

  /** Whether an address lies before the start of a class. */
  #isBefore(bytes: Uint8Array, at: number, index: number): boolean {
    const size = this.#size
    for (let i = 0; i < size; i++) {
      const difference = (bytes[at + i] ?? 0) - (this.#starts[index * size + i] ?? 0)
      if (difference !== 0) return difference < 0
    }
    return false
  }
}

const PORTS = 65_536

/** Equivalence classes of the ports of one end; the last is that of packets without ports. */
export class PortClasses {
  readonly #classes = new Uint32Array(PORTS)
  readonly none: number
  /** The signatures that accept each class. */
  readonly accepting: readonly Bits[]

  constructor(ports: readonly (Ports | undefined)[]) {
    const edges = new Set<number>([0])
    for (const ranges of ports)
      for (const [index, port] of (ranges ?? []).entries()) edges.add(index % 2 === 0 ? port : port + 1)
    const starts = [...edges].filter((port) => port < PORTS).sort((a, b) => a - b)
    for (const [index, port] of starts.entries()) this.#classes.fill(index, port, starts[index + 1])
    this.none = starts.length
    this.accepting = [...starts, -1].map(() => new Bits(ports.length))
    for (const [index, ranges] of ports.entries()) {
      if (ranges === undefined) for (const bits of this.accepting) bits.add(index)
      else
        for (let i = 0; i < ranges.length; i += 2)
          for (let c = this.classOf(ranges[i] ?? 0); c <= this.classOf(ranges[i + 1] ?? 0); c++)
            this.accepting[c]?.add(index)
    }
  }

  /** The class of a port; -1: the packet has none. */
  classOf(port: number): number {
    return port < 0 ? this.none : (this.#classes[port] ?? 0)
  }
}

function bytesOf(address: bigint, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => Number((address >> BigInt((size - 1 - at) * 8)) & 255n))
}
