/** Most bytes of a line. */
export const LONGEST_LINE = 16 << 20

/** Assembles lines from the pieces that a pipe delivers. */
export class LineSplitter {
  readonly #longest: number
  #pieces: Buffer[] = []
  #length = 0

  constructor(longest = LONGEST_LINE) {
    this.#longest = longest
  }

  /** The lines that the piece completes. Undefined: the line that it begins or continues is too long. */
  push(piece: Buffer): readonly string[] | undefined {
    const lines: string[] = []
    let from = 0
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, from)) {
      this.#pieces.push(piece.subarray(from, end))
      if (this.#length + end - from > this.#longest) return undefined
      lines.push(Buffer.concat(this.#pieces).toString('utf8'))
      this.#pieces = []
      this.#length = 0
      from = end + 1
    }
    this.#pieces.push(piece.subarray(from))
    this.#length += piece.length - from
    return this.#length > this.#longest ? undefined : lines
  }
}

/** The last bytes of an output, as one line that is safe for a terminal. */
export class Tail {
  readonly #most: number
  #text = ''

  constructor(most = 2000) {
    this.#most = most
  }

  push(piece: Buffer): void {
    this.#text = (this.#text + piece.toString('utf8')).slice(-this.#most)
  }

  get text(): string {
    return printable(this.#text)
  }
}

/** Foreign text on one line, without control characters, which move a terminal's cursor or change its colours. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim()
}
