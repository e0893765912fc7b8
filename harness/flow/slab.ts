/** Bytes of a slab, few because one byte that is kept keeps all of them; what is longer gets memory of its own. */
const SLAB = 16 << 10

/**
 * Memory for many short byte strings, cut from slabs one after another: an array of its own for each takes longer to make, and to
 * collect, than its bytes to copy. No byte is given twice, so what was given may be kept, and its slab with it.
 */
export class Slab {
  #buffer = new ArrayBuffer(0)
  #used = 0

  /** So many bytes, all 0. */
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
