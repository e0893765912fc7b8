const FIRST_CAPACITY = 64
const NO_SLOTS = new Int32Array(0)

/**
 * Random odd multipliers, one for each word of the key; the same for the whole process, so that making a table costs nothing. The author
 * of a capture never sees a number of `Math.random`, so that is good enough, and the cryptography need not be loaded.
 */
let multipliers = NO_SLOTS

function multipliersFor(words: number): Int32Array {
  if (multipliers.length < words) {
    const grown = new Int32Array(words).map(() => (Math.random() * 2 ** 32) | 1)
    grown.set(multipliers)
    multipliers = grown
  }
  return multipliers
}

/** Words after the key in a record: its hash, so that growing and resetting never read keys, and the caller's word. */
const HASH = 0
const VALUE = 1
const RECORD_EXTRA = 2

/**
 * Gives keys of a fixed number of 32-bit words dense ids from 0, in the order of adding (ids of removed keys first), and keeps one word of
 * the caller beside each key, where a lookup has just been. Open addressing over typed arrays, at
 * most half full, doubled when necessary. The hash is multiply-shift over the key's words with multipliers drawn by each
 * process (Dietzfelbinger et al., "A reliable randomized algorithm for the closest-pair problem"), so that somebody who chooses
 * the keys cannot choose collisions; ids do not depend on it.
 */
export class HashTable {
  readonly words: number
  /** Ids given so far; if no key was removed, also the number of keys and the next id. */
  count = 0
  /** Write a key here, then call `find` or `add`. */
  readonly key: Int32Array
  readonly #multipliers: Int32Array
  /** id + 1 by place, 0: empty. */
  #slots: Int32Array
  /** By id: key, hash and value side by side. */
  #records: Int32Array
  readonly #stride: number
  /** The id removed last, -1: none; the first word of each removed id is the id removed before it. */
  #free = -1

  constructor(words: number) {
    this.words = words
    this.key = new Int32Array(words)
    this.#multipliers = multipliersFor(words)
    this.#slots = new Int32Array(FIRST_CAPACITY * 2)
    this.#stride = words + RECORD_EXTRA
    this.#records = new Int32Array(FIRST_CAPACITY * this.#stride)
  }

  /** The id of `key`, -1: it was not added. */
  find(): number {
    return this.#lookUp(this.#hash())
  }

  /** Like `find`, for keys of four words, without writing `key` first: it is called once for each packet. */
  find4(a: number, b: number, c: number, d: number): number {
    const multipliers = this.#multipliers
    const hash = folded(
      (Math.imul(multipliers[0] ?? 0, a) +
        Math.imul(multipliers[1] ?? 0, b) +
        Math.imul(multipliers[2] ?? 0, c) +
        Math.imul(multipliers[3] ?? 0, d)) |
        0,
    )
    const slots = this.#slots
    const records = this.#records
    const mask = slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = (slots[slot] ?? 0) - 1
      if (id < 0) return -1
      const base = id * (4 + RECORD_EXTRA)
      if (
        records[base] === a &&
        records[base + 1] === b &&
        records[base + 2] === c &&
        records[base + 3] === d
      )
        return id
    }
  }

  /** The id of `key`; for a new key, the value of `count` before the call. */
  add(): number {
    const hash = this.#hash()
    const found = this.#lookUp(hash)
    return found < 0 ? this.#insert(hash) : found
  }

  /** Word `index` of the key that has this id. */
  word(id: number, index: number): number {
    return this.#records[id * this.#stride + index] ?? 0
  }

  /** The caller's word of the key that has this id; 0 until it is set. */
  value(id: number): number {
    return this.#records[id * this.#stride + this.words + VALUE] ?? 0
  }

  setValue(id: number, value: number): void {
    this.#records[id * this.#stride + this.words + VALUE] = value
  }

  /** Removes the key of this id; the next new key gets the id. Later keys of its chain move up. */
  remove(id: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let hole = this.#hashOf(id) & mask
    while (slots[hole] !== id + 1) hole = (hole + 1) & mask
    for (let at = (hole + 1) & mask; slots[at] !== 0; at = (at + 1) & mask) {
      const home = this.#hashOf((slots[at] ?? 0) - 1) & mask
      if (((at - home) & mask) < ((at - hole) & mask)) continue
      slots[hole] = slots[at] ?? 0
      hole = at
    }
    slots[hole] = 0
    this.#records[id * this.#stride] = this.#free
    this.#free = id
  }

  /** Removes every key and keeps the memory; takes time in proportion to `count`, not to the capacity. */
  reset(): void {
    const slots = this.#slots
    const mask = slots.length - 1
    if (this.#free >= 0) slots.fill(0)
    else
      for (let id = 0; id < this.count; id++) {
        let slot = this.#hashOf(id) & mask
        while (slots[slot] !== id + 1) slot = (slot + 1) & mask
        slots[slot] = 0
      }
    this.count = 0
    this.#free = -1
  }

  #hash(): number {
    const key = this.key
    const multipliers = this.#multipliers
    let hash = 0
    for (let i = 0; i < key.length; i++) hash = (hash + Math.imul(multipliers[i] ?? 0, key[i] ?? 0)) | 0
    return folded(hash)
  }

  #hashOf(id: number): number {
    return this.word(id, this.words + HASH)
  }

  #lookUp(hash: number): number {
    const slots = this.#slots
    const records = this.#records
    const stride = this.#stride
    const key = this.key
    const words = key.length
    const mask = slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = (slots[slot] ?? 0) - 1
      if (id < 0) return -1
      const base = id * stride
      let i = 0
      while (i < words && records[base + i] === key[i]) i++
      if (i === words) return id
    }
  }

  #insert(hash: number): number {
    const id = this.#newId()
    const base = id * this.#stride
    this.#records.set(this.key, base)
    this.#records[base + this.words + HASH] = hash
    this.#records[base + this.words + VALUE] = 0
    this.#place(id, hash)
    return id
  }

  #newId(): number {
    const free = this.#free
    if (free >= 0) {
      this.#free = this.word(free, 0)
      return free
    }
    if (this.count * 2 === this.#slots.length) this.#grow()
    return this.count++
  }

  #place(id: number, hash: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = hash & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = id + 1
  }

  #grow(): void {
    const capacity = this.#slots.length
    this.#slots = new Int32Array(capacity * 2)
    const records = this.#records
    this.#records = new Int32Array(capacity * this.#stride)
    this.#records.set(records)
    for (let id = 0; id < this.count; id++) this.#place(id, this.#hashOf(id))
  }
}

/** The high bits of a hash are the good ones, but places come from the low bits. */
function folded(hash: number): number {
  return hash ^ (hash >>> 16)
}
