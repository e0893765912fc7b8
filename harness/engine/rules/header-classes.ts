import type { Addresses, Prefix } from './addresses.ts'
import { Bits } from './bits.ts'
import type { Ports } from './ports.ts'

/**
 * Addresses of one family and one end, in classes: no signature tells two of a class apart. A class is a stretch between two
 * neighbouring ends of the prefixes that the signatures name.
 */
export class AddressClasses {
  readonly #size: number
  /** First addresses of the stretches, side by side, ascending; the first is all zeros. */
  readonly #starts: Uint8Array
  /** Signatures that accept a class. */
  readonly accepting: readonly Bits[]

  constructor(addresses: readonly Addresses[], size: 4 | 16) {
    this.#size = size
    const starts = new Map<string, Uint8Array>()
    const start = (bytes: Uint8Array) => starts.set(bytes.join(), bytes)
    start(new Uint8Array(size))
    for (const { within, without } of addresses)
      for (const prefix of [...within, ...without]) {
        if (prefix.bytes.length !== size) continue
        start(firstOf(prefix))
        const behind = behindOf(prefix)
        if (behind !== undefined) start(behind)
      }
    const sorted = [...starts.values()].sort(compareBytes)
    this.#starts = new Uint8Array(sorted.length * size)
    for (const [index, bytes] of sorted.entries()) this.#starts.set(bytes, index * size)
    this.accepting = sorted.map(() => new Bits(addresses.length))
    for (const [index, each] of addresses.entries()) {
      const within = each.within.filter(({ bytes }) => bytes.length === size)
      if (within.length === 0) this.#accept(index, each, 0, sorted.length - 1)
      for (const prefix of within)
        this.#accept(index, each, this.classOf(firstOf(prefix), 0), this.classOf(lastOf(prefix), 0))
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

  /** Notes of the classes `from` … `to` which ones a signature accepts. */
  #accept(index: number, addresses: Addresses, from: number, to: number): void {
    for (let c = from; c <= to; c++)
      if (addresses.has(this.#starts, c * this.#size, this.#size)) this.accepting[c]?.add(index)
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

/** Ports of one end, in classes; the last class is that of packets without ports. */
export class PortClasses {
  readonly #classes = new Uint32Array(PORTS)
  readonly none: number
  /** Signatures that accept a class. */
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

function firstOf({ bytes, bits }: Prefix): Uint8Array {
  return bytes.map((byte, index) => byte & maskOf(bits, index))
}

function lastOf({ bytes, bits }: Prefix): Uint8Array {
  return bytes.map((byte, index) => byte | (~maskOf(bits, index) & 255))
}

/** The address behind the last one of a prefix; undefined where that is the very last address. */
function behindOf({ bytes, bits }: Prefix): Uint8Array | undefined {
  const behind = lastOf({ bytes, bits })
  for (let i = behind.length - 1; i >= 0; i--) {
    behind[i] = ((behind[i] ?? 0) + 1) & 255
    if (behind[i] !== 0) return behind
  }
  return undefined
}

function maskOf(bits: number, index: number): number {
  const inByte = Math.min(8, Math.max(0, bits - index * 8))
  return (0xff << (8 - inByte)) & 255
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0)
  return 0
}
