/** A stream of numbers that a seed and the number of an input fix (sfc32 by C. Doty-Humphrey). */
export class Random {
  #a = 0
  #b = 0
  #c = 0
  #counter = 1

  constructor(seed: number, input = 0) {
    this.reseed(seed, input)
  }

  /** Begins the stream of that input anew: any input can be made again without those before it. */
  reseed(seed: number, input: number): void {
    this.#a = seed | 0
    this.#b = Math.imul(input + 1, 0x9e37_79b1)
    this.#c = Math.imul(seed ^ input, 0x85eb_ca6b)
    this.#counter = 1
    for (let round = 0; round < 8; round++) this.word()
  }

  /** 32 bits, unsigned. */
  word(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** A whole number of 0 to `limit` - 1. */
  below(limit: number): number {
    return this.word() % Math.max(1, limit)
  }

  /** Once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length; at++) bytes[at] = this.word()
    return bytes
  }
}
