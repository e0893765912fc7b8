import { deflateRawSync } from 'node:zlib'

/** Bytes of JSON in a block: enough for repetition to compress, and read by a browser in some milliseconds. */
const BLOCK = 300_000
/** Level of zlib, 1 … 9: a higher one would not save enough for its time. */
const LEVEL = 4

/** A value as stored in the page: JSON, deflated, base64. */
export function packed(value: unknown): string {
  return packedBytes(Buffer.from(JSON.stringify(value)))
}

function packedBytes(json: Uint8Array): string {
  return deflateRawSync(json, { level: LEVEL }).toString('base64')
}

/** Collects values into blocks of about equal size, each a packed list. */
export class Blocks {
  readonly list: string[] = []
  // All blocks use the same memory: new memory for the string and bytes of each would take longer than everything else.
  #bytes = Buffer.allocUnsafeSlow(2 * BLOCK)
  #length = 0
  #values = 0
  #size = 0

  /** Characters of the packed blocks. */
  get size(): number {
    return this.#size
  }

  /** Adds a value; returns its block and its place in the block. */
  add(value: unknown): readonly [block: number, place: number] {
    if (this.#length >= BLOCK) this.close()
    this.#write(`${this.#values === 0 ? '[' : ','}${JSON.stringify(value)}`)
    return [this.list.length, this.#values++]
  }

  close(): void {
    if (this.#values === 0) return
    this.#write(']')
    const block = packedBytes(this.#bytes.subarray(0, this.#length))
    this.list.push(block)
    this.#size += block.length
    this.#values = 0
    this.#length = 0
  }

  #write(text: string): void {
    // In UTF-8 a character takes at most three bytes.
    const needed = this.#length + 3 * text.length
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * needed)
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    this.#length += this.#bytes.write(text, this.#length)
  }
}
