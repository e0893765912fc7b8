const FIRST = 64
const NOTHING = new Uint8Array(0)

/** An append-only buffer; allocates nothing until used, grows by doubling, is reused. */
export class BytesOut {
  bytes = NOTHING
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
    let size = Math.max(FIRST, this.bytes.length)
    while (size < length) size *= 2
    const grown = new Uint8Array(size)
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
  }
}
