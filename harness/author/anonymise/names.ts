import { createHmac } from 'node:crypto'

const MOST = 1 << 16

/** Gives the labels of host names others of their length: letters drawn from the key, equal for equal labels whatever their case. */
export class NameMap {
  readonly #key: Uint8Array
  #others = new Map<string, Uint8Array>()
  found = 0

  constructor(key: Uint8Array) {
    this.#key = key
  }

  /** The label bytes[from, to), in place. Names of services (`_tcp`) stay. */
  label(bytes: Uint8Array, from: number, to: number): void {
    if (to <= from || bytes[from] === 0x5f) return
    const text = Buffer.from(bytes.subarray(from, to)).toString('latin1').toLowerCase()
    let other = this.#others.get(text)
    if (other === undefined) {
      if (this.#others.size >= MOST) this.#others = new Map()
      other = this.#drawn(text)
      this.#others.set(text, other)
      this.found++
    }
    bytes.set(other, from)
  }

  /** The name bytes[from, to), its labels parted by dots. */
  dotted(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at <= to; ) {
      let end = at
      while (end < to && bytes[end] !== 0x2e) end++
      this.label(bytes, at, end)
      at = end + 1
    }
  }

  #drawn(text: string): Uint8Array {
    const letters = new Uint8Array(text.length)
    for (let at = 0, round = 0; at < text.length; round++) {
      const drawn = createHmac('sha256', this.#key).update(`name ${round} ${text}`).digest()
      for (const byte of drawn) if (at < text.length) letters[at++] = 0x61 + (byte % 26)
    }
    return letters
  }
}
