import { deflateRawSync } from 'node:zlib'

/** Bytes of JSON in a block: much of it is alike, and yet a browser reads it in some milliseconds. */
const BLOCK = 300_000
/** Of zlib, 1 … 9: what more would save is not worth its time. */
const LEVEL = 4

/** A value as the page holds it: JSON, deflated, base64. */
export function packed(value: unknown): string {
  return packedBytes(Buffer.from(JSON.stringify(value)))
}

function packedBytes(json: Uint8Array): string {
  return deflateRawSync(json, { level: LEVEL }).toString('base64')
}

/** Gathers values into blocks of about equal size, each a packed list. */
export class Blocks {
  readonly list: string[] = []
  // All blocks are made in one place: a string of its own for each, and its bytes, are new memory, which takes longer than all else.
  #bytes = Buffer.allocUnsafeSlow(2 * BLOCK)
  #length = 0
  #values = 0

  /** Takes a value; answers its block and its place in it. */
  add(value: unknown): readonly [block: number, place: number] {
    if (this.#length >= BLOCK) this.close()
    this.#write(`${this.#values === 0 ? '[' : ','}${JSON.stringify(value)}`)
    return [this.list.length, this.#values++]
  }

  close(): void {
    if (this.#values === 0) return
    this.#write(']')
    this.list.push(packedBytes(this.#bytes.subarray(0, this.#length)))
    this.#values = 0
    this.#length = 0
  }

  #write(text: string): void {
    // As UTF-8 a letter has three bytes at most.
    const needed = this.#length + 3 * text.length
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * needed)
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    this.#length += this.#bytes.write(text, this.#length)
  }
}
