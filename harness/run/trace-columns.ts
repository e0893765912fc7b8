/** The most packets for which there is room at once. */
const ROOM = 4096
const ZEROS: number[] = []
for (let n = 0; n < ROOM; n++) ZEROS.push(0)

/**
 * A column for about so many packets, to be cut to its length in the end. It is full of zeros, and none of its places is empty, because an
 * array that grows from nothing is copied over and over, and one with empty places takes JSON.stringify several times as long.
 */
export function numbersFor(packets: number): number[] {
  return ZEROS.slice(0, packets)
}

/** Puts values `from` … `to`-1 of a column of a batch at `at` and after. */
export function putNumbers(
  numbers: number[],
  at: number,
  values: Int32Array | Uint8Array,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) numbers[at + i - from] = values[i] ?? 0
}

/** A column of one letter for each packet. */
export class Letters {
  readonly #codes: Uint8Array
  #bytes: Buffer
  #length = 0

  /** `alphabet`: the letter of each code. `packets`: for about so many. */
  constructor(alphabet: Uint8Array, packets: number) {
    this.#codes = alphabet
    this.#bytes = Buffer.allocUnsafe(Math.min(packets, ROOM))
  }

  /** Adds the letters of codes `from` … `to`-1 of a column of a batch. */
  add(codes: Uint8Array, from: number, to: number): void {
    const at = this.#length
    this.#length += to - from
    if (this.#length > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#length, 2 * this.#bytes.length))
      this.#bytes.copy(grown, 0, 0, at)
      this.#bytes = grown
    }
    const letters = this.#codes
    for (let i = from; i < to; i++) this.#bytes[at + i - from] = letters[codes[i] ?? 0] ?? 0
  }

  /** Replaces one. */
  set(index: number, code: number): void {
    this.#bytes[index] = this.#codes[code] ?? 0
  }

  /** How many there are for a code. */
  count(code: number): number {
    const letter = this.#codes[code]
    let count = 0
    for (let i = 0; i < this.#length; i++) if (this.#bytes[i] === letter) count++
    return count
  }

  toString(): string {
    return this.#bytes.toString('latin1', 0, this.#length)
  }
}
