import { randomFillSync } from 'node:crypto'

const FIRST_CAPACITY = 64
const NO_SLOTS = new Int32Array(0)

/** Random odd multipliers, one a word of the key; of the process, so that making a table costs nothing. */
let multipliers = NO_SLOTS

function multipliersFor(words: number): Int32Array {
  if (multipliers.length < words) {
    const grown = randomFillSync(new Int32Array(words)).map((word) => word | 1)
    grown.set(multipliers)
    multipliers = grown
  }
  return multipliers
}

/**
 * Gives keys of a fixed number of 32-bit words dense ids from 0, in the order of adding. Open addressing over typed arrays, at
 * most half full, doubling when it must. The hash is multiply-shift over the key's words with multipliers drawn anew by each
 * process (Dietzfelbinger et al., "A reliable randomized algorithm for the closest-pair problem"), so that nobody who chooses
 * the keys can choose the collisions; ids do not depend on it.
 */
export class HashTable {
  readonly words: number
  /** Keys held; the next id. */
  count = 0
  /** Write a key here, then call `find` or `add`. */
  readonly key: Int32Array
  readonly #multipliers: Int32Array
  /** id + 1 by place, 0: empty. */
  #slots: Int32Array
  #keys: Int32Array
  /** By id, so that growing and resetting never read keys. */
  #hashes: Int32Array

  constructor(words: number) {
    this.words = words
    this.key = new Int32Array(words)
    this.#multipliers = multipliersFor(words)
    this.#slots = new Int32Array(FIRST_CAPACITY * 2)
    this.#keys = new Int32Array(FIRST_CAPACITY * words)
    this.#hashes = new Int32Array(FIRST_CAPACITY)
  }

  /** The id of `key`, -1: it was not added. */
  find(): number {
    return this.#lookUp(this.#hash())
  }

  /** The id of `key`, which is `count` before the call when the key is new. */
  add(): number {
    const hash = this.#hash()
    const found = this.#lookUp(hash)
    return found < 0 ? this.#insert(hash) : found
  }

  /** Word `index` of the key that has this id. */
  word(id: number, index: number): number {
    return this.#keys[id * this.words + index] ?? 0
  }

  /** Forgets every key and keeps the memory; takes time in proportion to `count`, not to the capacity. */
  reset(): void {
    const slots = this.#slots
    const hashes = this.#hashes
    const mask = slots.length - 1
    for (let id = 0; id < this.count; id++) {
      let slot = (hashes[id] ?? 0) & mask
      while (slots[slot] !== id + 1) slot = (slot + 1) & mask
      slots[slot] = 0
    }
    this.count = 0
  }

  #hash(): number {
    const key = this.key
    const multipliers = this.#multipliers
    let hash = 0
    for (let i = 0; i < key.length; i++) hash = (hash + Math.imul(multipliers[i] ?? 0, key[i] ?? 0)) | 0
    // The high bits are the good ones, and places are taken from the low ones.
    return hash ^ (hash >>> 16)
  }

  #lookUp(hash: number): number {
    const slots = this.#slots
    const keys = this.#keys
    const key = this.key
    const words = key.length
    const mask = slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = (slots[slot] ?? 0) - 1
      if (id < 0) return -1
      const base = id * words
      let i = 0
      while (i < words && keys[base + i] === key[i]) i++
      if (i === words) return id
    }
  }

  #insert(hash: number): number {
    if (this.count * 2 === this.#slots.length) this.#grow()
    const id = this.count++
    this.#keys.set(this.key, id * this.words)
    this.#hashes[id] = hash
    this.#place(id, hash)
    return id
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
    this.#keys = grown(this.#keys, capacity * this.words)
    this.#hashes = grown(this.#hashes, capacity)
    for (let id = 0; id < this.count; id++) this.#place(id, this.#hashes[id] ?? 0)
  }
}

function grown(array: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(length)
  larger.set(array)
  return larger
}
