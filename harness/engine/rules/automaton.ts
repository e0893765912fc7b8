import type { Findings } from './findings.ts'
import { lower } from './lower.ts'

/**
 * Finds many patterns in one pass over bytes, ignoring case: the Aho-Corasick automaton ("Efficient string matching", 1975)
 * as a transition table, in which all bytes that occur in no pattern share a class. States that end a pattern have the
 * highest numbers.
 */
export class Automaton {
  /** Next state, indexed by state << shift | class. */
  readonly #next: Uint16Array | Int32Array
  readonly #shift: number
  readonly #classes: Uint8Array
  /** States from this one on end patterns. */
  readonly #firstEnd: number
  /** Patterns that end in a state: those of the nth end state begin at `#ends[#endAt[n]]`. */
  readonly #endAt: Int32Array
  readonly #ends: Int32Array
  readonly #ids: readonly number[]

  /** At least one pattern; none is empty. `ids`: what is reported for them. */
  constructor(patterns: readonly Uint8Array[], ids: readonly number[]) {
    const trie = new Trie(patterns)
    this.#ids = ids
    this.#classes = trie.classes
    const place = trie.ordered()
    const states = place.length
    this.#shift = 32 - Math.clz32(trie.width - 1)
    const size = states << this.#shift
    this.#next = states <= 65_536 ? new Uint16Array(size) : new Int32Array(size)
    const ending = trie.ends.filter((ends) => ends.length > 0).length
    this.#firstEnd = states - ending
    this.#endAt = new Int32Array(ending + 1)
    const ends: number[] = []
    for (const [row, state] of place.entries()) {
      for (let c = 0; c < trie.width; c++)
        this.#next[(row << this.#shift) | c] = trie.rowOf[trie.next[state * trie.width + c] ?? 0] ?? 0
      if (row < states - ending) continue
      ends.push(...(trie.ends[state] ?? []))
      this.#endAt[row - (states - ending) + 1] = ends.length
    }
    this.#ends = Int32Array.from(ends)
  }

  /** Records where patterns lie wholly within the bytes `from` … `to`-1. */
  scan(bytes: Uint8Array, from: number, to: number, found: Findings): void {
    const next = this.#next
    const shift = this.#shift
    const classes = this.#classes
    const firstEnd = this.#firstEnd
    let at = 0
    for (let i = from; i < to; i++) {
      at = next[(at << shift) | (classes[bytes[i] ?? 0] ?? 0)] ?? 0
      if (at >= firstEnd) this.#note(at, i + 1, found)
    }
  }

  #note(state: number, behind: number, found: Findings): void {
    const n = state - this.#firstEnd
    const to = this.#endAt[n + 1] ?? 0
    for (let i = this.#endAt[n] ?? 0; i < to; i++) found.add(this.#ids[this.#ends[i] ?? 0] ?? 0, behind)
  }
}

/** The automaton during construction: states in the order of creation, transitions complete. */
class Trie {
  readonly classes = new Uint8Array(256)
  readonly width: number
  next: Int32Array
  /** Patterns that end in a state, including those of its suffixes. */
  readonly ends: number[][] = [[]]
  /** Row of a state in the final order. */
  readonly rowOf: Int32Array
  #count = 1
  /** All states except the start, breadth first. */
  #byLength: readonly number[] = []

  constructor(patterns: readonly Uint8Array[]) {
    const used = new Set(patterns.flatMap((pattern) => [...pattern].map(lower)))
    let width = 1
    for (let byte = 0; byte < 256; byte++)
      if (lower(byte) === byte && used.has(byte)) this.classes[byte] = width++
    for (let byte = 0; byte < 256; byte++) this.classes[byte] = this.classes[lower(byte)] ?? 0
    this.width = width
    const most = 1 + patterns.reduce((sum, { length }) => sum + length, 0)
    this.next = new Int32Array(most * width)
    for (const [id, pattern] of patterns.entries()) this.#add(pattern, id)
    this.rowOf = new Int32Array(this.#count)
    this.#complete()
  }

  /** States, those that end no pattern first, short before long, so that the states visited most lie together. */
  ordered(): number[] {
    const states = [0, ...this.#byLength]
    const ordered = [...states.filter((s) => !this.#isEnd(s)), ...states.filter((s) => this.#isEnd(s))]
    for (const [row, state] of ordered.entries()) this.rowOf[state] = row
    return ordered
  }

  #isEnd(state: number): boolean {
    return (this.ends[state]?.length ?? 0) > 0
  }

  #add(pattern: Uint8Array, id: number): void {
    let state = 0
    for (const byte of pattern) {
      const slot = state * this.width + (this.classes[byte] ?? 0)
      if (this.next[slot] === 0) {
        this.next[slot] = this.#count++
        this.ends.push([])
      }
      state = this.next[slot] ?? 0
    }
    this.ends[state]?.push(id)
  }

  /** Breadth first: a state without a transition takes that of its longest proper suffix. */
  #complete(): void {
    const { width, next } = this
    const suffix = new Int32Array(this.#count)
    const queue: number[] = []
    for (let c = 0; c < width; c++) if (next[c] !== 0) queue.push(next[c] ?? 0)
    for (let head = 0; head < queue.length; head++) {
      const state = queue[head] ?? 0
      const shorter = suffix[state] ?? 0
      this.ends[state]?.push(...(this.ends[shorter] ?? []))
      for (let c = 0; c < width; c++) {
        const slot = state * width + c
        const beside = next[shorter * width + c] ?? 0
        const child = next[slot] ?? 0
        if (child === 0) next[slot] = beside
        else {
          suffix[child] = beside
          queue.push(child)
        }
      }
    }
    this.#byLength = queue
  }
}
