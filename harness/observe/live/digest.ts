/** A running hash of words and bytes, below 2^53: large enough that two packets of a run hardly ever have the same. */
export class Digest {
  #a = 0
  #b = 0

  begin(seed: number): this {
    this.#a = seed | 0
    this.#b = ~seed
    return this
  }

  word(value: number): this {
    this.#a = Math.imul(this.#a ^ value, 0x85eb_ca6b)
    this.#a ^= this.#a >>> 15
    this.#b = Math.imul(this.#b ^ (this.#a + value), 0xc2b2_ae35)
    this.#b ^= this.#b >>> 13
    return this
  }

  /** Adds bytes[from, to). */
  bytes(bytes: Uint8Array, from: number, to: number): this {
    let at = from
    for (; at + 4 <= to; at += 4)
      this.word(
        ((bytes[at] ?? 0) << 24) |
          ((bytes[at + 1] ?? 0) << 16) |
          ((bytes[at + 2] ?? 0) << 8) |
          (bytes[at + 3] ?? 0),
      )
    for (; at < to; at++) this.word(bytes[at] ?? 0)
    return this
  }

  value(): number {
    return (this.#a >>> 0) * 0x20_0000 + (this.#b >>> 11)
  }
}
