const POOL = 1 << 16
const VOCABULARY = 500

/**
 * Bytes to fill packets with, and the sum of any stretch of them without adding it up: a checksum then costs only the
 * headers. Small letters, so that no protocol is recognised in them.
 */
export class PayloadPool {
  readonly bytes = new Uint8Array(POOL)
  /** Sum of the big-endian 16-bit words before each even index. */
  readonly #sums = new Float64Array(POOL / 2 + 1)

  /** `words`: of few words with blanks between them, as text is. */
  constructor(random: () => number, words = false) {
    for (let i = 0; i < POOL; i++) this.bytes[i] = 0x61 + (random() % 26)
    if (words) this.#write(random)
    for (let i = 0; i < POOL / 2; i++)
      this.#sums[i + 1] =
        (this.#sums[i] ?? 0) + ((this.bytes[2 * i] ?? 0) << 8) + (this.bytes[2 * i + 1] ?? 0)
  }

  #write(random: () => number): void {
    const word = () => this.bytes.slice(random() % (POOL / 2)).subarray(0, 2 + (random() % 8))
    const words = Array.from({ length: VOCABULARY }, word)
    for (let at = 0; at < POOL; ) {
      const next = words[random() % VOCABULARY]?.subarray(0, POOL - at) ?? this.bytes.subarray(0, 1)
      this.bytes.set(next, at)
      at += next.length
      if (at < POOL) this.bytes[at++] = 0x20
    }
  }

  /** An even index from which there are `length` bytes, by any number. */
  place(number: number, length: number): number {
    return (number % (POOL - length)) & ~1
  }

  /** Sum of the 16-bit words of `length` bytes from the even index `at`, an odd last byte padded with zero. */
  sum(at: number, length: number): number {
    const words = length >> 1
    const whole = (this.#sums[(at >> 1) + words] ?? 0) - (this.#sums[at >> 1] ?? 0)
    return (length & 1) === 1 ? whole + ((this.bytes[at + length - 1] ?? 0) << 8) : whole
  }
}
