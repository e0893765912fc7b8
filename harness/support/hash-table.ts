import { randomFillSync } from 'node:crypto'

const FIRST_CAPACITY = 64
const NO_SLOTS = new Int32Array(0)

/** Random words for tabulation hashing, 256 a key byte; of the process, so that making a table costs nothing. */
let mixing = NO_SLOTS

function mixingFor(words: number): Int32Array {
  const needed = words * 1024
  if (mixing.length < needed) {
    const grown = randomFillSync(new Int32Array(needed))
    grown.set(mixing)
    mixing = grown
  }
  return mixing
}

/**
 * Gives keys of a fixed number of 32-bit words dense ids from 0, in the order of adding. Open addressing over typed arrays, at
 * most half full, doubling when it must. The hash is simple tabulation with words drawn anew by each process (Pătraşcu and
 * Thorup, "The Power of Simple Tabulation Hashing"), so that nobody who chooses the keys can choose the collisions; ids do
 * not depend on it.
 */
export class HashTable {
  readonly words: number
  /** Keys held; the next id. */
  count = 0
  /** Write a key here, then call `find` or `add`. */
  readonly key: Int32Array
  readonly #mixing: Int32Array
  /** id + 1 by place, 0: empty. */
  #slots: Int32Array
  #keys: Int32Array
  /** By id, so that growing and resetting never read keys. */
  #hashes: Int32Array

  constructor(words: number) {
    this.words = words
    this.key = new Int32Array(words)
    this.#mixing = mixingFor(words)
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
    const mixing = this.#mixing
    let hash = 0
    for (let i = 0, row = 0; i < key.length; i++, row += 1024) {
      const word = key[i] ?? 0
      hash ^=
        (mixing[row + (word & 255)] ?? 0) ^
        (mixing[row + 256 + ((word >>> 8) & 255)] ?? 0) ^
        (mixing[row + 512 + ((word >>> 16) & 255)] ?? 0) ^
        (mixing[row + 768 + (word >>> 24)] ?? 0)
    }
    return hash
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
