import { deflateRawSync } from 'node:zlib'

/** Characters of JSON in a block: much of it is alike, and yet a browser reads it in some milliseconds. */
const BLOCK = 300_000
/** Of zlib, 1 … 9: what more would save is not worth its time. */
const LEVEL = 4

/** A value as the page holds it: JSON, deflated, base64. */
export function packed(value: unknown): string {
  return packedText(JSON.stringify(value))
}

function packedText(json: string): string {
  return deflateRawSync(json, { level: LEVEL }).toString('base64')
}

/** Gathers values into blocks of about equal size, each a packed list. */
export class Blocks {
  readonly list: string[] = []
  #values: string[] = []
  #length = 0

  /** Takes a value; answers its block and its place in it. */
  add(value: unknown): readonly [block: number, place: number] {
    if (this.#length >= BLOCK) this.close()
    const json = JSON.stringify(value)
    this.#length += json.length
    return [this.list.length, this.#values.push(json) - 1]
  }

  close(): void {
    if (this.#values.length === 0) return
    this.list.push(packedText(`[${this.#values.join(',')}]`))
    this.#values = []
    this.#length = 0
  }
}
