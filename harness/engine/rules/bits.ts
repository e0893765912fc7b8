/** A set of small numbers, one bit each. */
export class Bits {
  readonly words: Int32Array

  constructor(size: number) {
    this.words = new Int32Array((size + 31) >> 5)
  }

  static of(size: number, has: (index: number) => boolean): Bits {
    const bits = new Bits(size)
    for (let i = 0; i < size; i++) if (has(i)) bits.add(i)
    return bits
  }

  add(index: number): void {
    this.words[index >> 5] = (this.words[index >> 5] ?? 0) | (1 << (index & 31))
  }

  has(index: number): boolean {
    return ((this.words[index >> 5] ?? 0) & (1 << (index & 31))) !== 0
  }

  /** Keeps only what the other set has too. */
  intersect(other: Bits): this {
    for (let i = 0; i < this.words.length; i++) this.words[i] = (this.words[i] ?? 0) & (other.words[i] ?? 0)
    return this
  }

  copy(): Bits {
    const bits = new Bits(this.words.length * 32)
    bits.words.set(this.words)
    return bits
  }

  /** Ascending. */
  list(): number[] {
    const found: number[] = []
    for (const [at, word] of this.words.entries())
      for (let left = word; left !== 0; left &= left - 1) found.push(at * 32 + 31 - Math.clz32(left & -left))
    return found
  }
}
