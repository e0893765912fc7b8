import type { Findings } from './findings.ts'
import { lower } from './lower.ts'

/** Bytes that are read at once. */
const GRAM = 4
export const SHORTEST = GRAM
/** The longest step between places: each byte of a step adds one more gram of each pattern to the sieve. */
const LONGEST_STEP = 4
/** Makes four ASCII letters lower case at once; other bytes may collide, which the comparison with the pattern corrects. */
const FOLD = 0x20202020
/** Knuth's multiplicative hash: 2^32 divided by the golden ratio. */
const SPREAD = 0x9e3779b1
/** Bits of the sieve per gram in it: of the places without a pattern, one in this many passes. */
const SPARSE = 128
/** The lowest bits of the hash are ignored among entries. */
const COARSER = 4
const NONE = -1
/** Words of an entry: its gram, index of the pattern, offset of the gram in the pattern, and the next entry with the same hash. */
const ENTRY = 4

/**
 * Finds patterns of four bytes or more, ignoring case, by reading four bytes (a gram) only at every few places. A pattern
 * is in a sieve with those of its grams of which one must fall on such a place; what passes the sieve is compared. After Wu and Manber, "A
 * fast algorithm for multi-pattern searching", 1994, without their shifts: no step depends on the result of the previous one.
 */
export class GramSearch {
  readonly #patterns: readonly Uint8Array[]
  readonly #ids: readonly number[]
  readonly #step: number
  /** A bit for each hash of a gram. */
  readonly #sieve: Int32Array
  readonly #shift: number
  /** By hash, the index of its first entry in `entries`. */
  readonly #head: Int32Array
  readonly #entries: Int32Array
  /** Over the memory of the bytes searched last. */
  #view: DataView = new DataView(new ArrayBuffer(0))

  /** At least one pattern, in lower case, each of four bytes or more; `ids`: what is reported for them. */
  constructor(patterns: readonly Uint8Array[], ids: readonly number[]) {
    this.#patterns = patterns
    this.#ids = ids
    const shortest = Math.min(...patterns.map(({ length }) => length))
    this.#step = Math.min(shortest - GRAM + 1, LONGEST_STEP)
    const bits = 32 - Math.clz32(patterns.length * this.#step * SPARSE - 1)
    this.#shift = 32 - bits
    this.#sieve = new Int32Array(1 << Math.max(0, bits - 5))
    this.#head = new Int32Array(1 << (bits - COARSER)).fill(NONE)
    this.#entries = new Int32Array(patterns.length * this.#step * ENTRY)
    const crowd = new Map<number, number>()
    for (const [index, pattern] of patterns.entries()) this.#enter(index, gramsOf(pattern), crowd)
  }

  /** Records where patterns lie wholly within the bytes `from` … `to`-1, in no particular order. */
  scan(bytes: Uint8Array, from: number, to: number, found: Findings): void {
    if (this.#view.buffer !== bytes.buffer) this.#view = new DataView(bytes.buffer)
    const view = this.#view
    const sieve = this.#sieve
    const shift = this.#shift
    const step = this.#step
    const base = bytes.byteOffset
    const end = base + to - GRAM
    for (let at = base + from; at <= end; at += step) {
      const gram = view.getUint32(at, true) | FOLD
      const hash = Math.imul(gram, SPREAD) >>> shift
      if (((sieve[hash >>> 5] ?? 0) & (1 << hash)) !== 0)
        this.#compare(gram, hash, bytes, at - base, from, to, found)
    }
  }

  /** Adds a pattern with the grams at as many adjacent offsets as a step has, chosen where the fewest other grams are. */
  #enter(index: number, grams: readonly number[], crowd: Map<number, number>): void {
    const step = this.#step
    let best = 0
    let fewest = Number.POSITIVE_INFINITY
    for (let offset = 0; offset + step <= grams.length; offset++) {
      let others = 0
      for (let i = 0; i < step; i++) others += crowd.get(grams[offset + i] ?? 0) ?? 0
      if (others < fewest) {
        fewest = others
        best = offset
      }
    }
    const entries = this.#entries
    for (let i = 0; i < step; i++) {
      const gram = grams[best + i] ?? 0
      const hash = Math.imul(gram, SPREAD) >>> this.#shift
      crowd.set(gram, (crowd.get(gram) ?? 0) + 1)
      this.#sieve[hash >>> 5] = (this.#sieve[hash >>> 5] ?? 0) | (1 << hash)
      const at = (index * step + i) * ENTRY
      entries[at] = gram
      entries[at + 1] = index
      entries[at + 2] = best + i
      entries[at + 3] = this.#head[hash >>> COARSER] ?? NONE
      this.#head[hash >>> COARSER] = at
    }
  }

  #compare(
    gram: number,
    hash: number,
    bytes: Uint8Array,
    at: number,
    from: number,
    to: number,
    found: Findings,
  ): void {
    const entries = this.#entries
    for (let entry = this.#head[hash >>> COARSER] ?? NONE; entry >= 0; entry = entries[entry + 3] ?? NONE) {
      if (entries[entry] !== gram) continue
      const index = entries[entry + 1] ?? 0
      const pattern = this.#patterns[index]
      const start = at - (entries[entry + 2] ?? 0)
      if (pattern === undefined || start < from || start + pattern.length > to) continue
      if (stands(pattern, bytes, start)) found.add(this.#ids[index] ?? 0, start + pattern.length)
    }
  }
}

/** The grams of a pattern, by offset. */
function gramsOf(pattern: Uint8Array): number[] {
  const view = new DataView(pattern.buffer, pattern.byteOffset, pattern.length)
  return Array.from({ length: pattern.length - GRAM + 1 }, (_, at) => view.getUint32(at, true) | FOLD)
}

function stands(pattern: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < pattern.length; i++) if (lower(bytes[start + i] ?? 0) !== pattern[i]) return false
  return true
}
