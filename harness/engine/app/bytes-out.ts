const FIRST = 128

/** Bytes that are appended to; grows by doubling, is reused. */
export class BytesOut {
  bytes = new Uint8Array(FIRST)
  length = 0

  clear(): void {
    this.length = 0
  }

  push(byte: number): void {
    if (this.length === this.bytes.length) this.#reserve(this.length + 1)
    this.bytes[this.length++] = byte
  }

  append(source: Uint8Array, from: number, to: number): void {
    this.#reserve(this.length + to - from)
    this.bytes.set(source.subarray(from, to), this.length)
    this.length += to - from
  }

  #reserve(length: number): void {
    if (length <= this.bytes.length) return
    let size = this.bytes.length
    while (size < length) size *= 2
    const grown = new Uint8Array(size)
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
  }
}
