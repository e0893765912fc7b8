/** Bytes of a slab; few, because one kept byte keeps the whole slab. Longer strings get memory of their own. */
const SLAB = 16 << 10

/**
 * Memory for many short byte strings, cut from slabs one after another: an array for each would take longer to allocate and
 * collect than its bytes to copy. No byte is handed out twice, so the strings may be kept, which keeps their slabs too.
 */
export class Slab {
  #buffer = new ArrayBuffer(0)
  #used = 0

  /** `length` bytes, all 0. */
  take(length: number): Uint8Array {
    if (length > SLAB) return new Uint8Array(length)
    if (this.#used + length > this.#buffer.byteLength) {
      this.#buffer = new ArrayBuffer(SLAB)
      this.#used = 0
    }
    const taken = new Uint8Array(this.#buffer, this.#used, length)
    this.#used += length
    return taken
  }

  /** A copy of bytes[from, to). */
  copy(bytes: Uint8Array, from: number, to: number): Uint8Array {
    const copy = this.take(to - from)
    copy.set(bytes.subarray(from, to))
    return copy
  }
}
