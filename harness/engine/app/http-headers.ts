import { BytesOut } from './bytes-out.ts'
import { COLON, COMMA, indexIn, isBlank, isWord, lower, SPACE } from './characters.ts'

/** Of a repeated one the first value counts; of others all do, joined. */
const FIRST_COUNTS = 'content-length'

/** A header that folded lines have made as long as this takes no more of them (libhtp, HTP_MAX_HEADER_FOLDED). */
const MAX_FOLDED = 102_400

/** The values of some headers of a message, joined and trimmed as libhtp does it. One object, refilled for each message. */
export class HttpHeaders {
  readonly #names: readonly string[]
  readonly #values: BytesOut[]
  /** A header that a next line may continue, all of it. */
  readonly #open = new BytesOut()
  #isOpen = false
  /** A folded line with a colon, behind a header with one, is a header of its own. */
  #unfolds = false
  /** Bits of the headers that the message has. */
  #has = 0

  /** `names`: in lower case. */
  constructor(names: readonly string[]) {
    this.#names = names
    this.#values = names.map(() => new BytesOut())
  }

  /** `unfolds`: the message is a response of HTTP/1.1, of which libhtp takes a folded line with a colon for a header. */
  clear(unfolds: boolean): void {
    this.#has = 0
    this.#unfolds = unfolds
    for (const value of this.#values) value.clear()
  }

  /**
   * Adds one header line without its line ending. `mayGoOn`: the next line may continue it, with a fold at its start. An open header that was
   * not ended counts for the next message.
   */
  add(line: Uint8Array, from: number, to: number, mayGoOn: boolean): void {
    if (from === to || isFold(line[from] ?? 0)) this.#addFolded(line, from, to)
    else {
      this.end()
      if (mayGoOn) this.#keep(line, from, to)
      else this.#take(line, from, to)
    }
  }

  /** No line follows. */
  end(): void {
    if (!this.#isOpen) return
    const { bytes, length } = this.#open
    this.#take(bytes, 0, length)
    this.#isOpen = false
    this.#open.clear()
  }

  /** Whether the message has the header of that index. */
  has(index: number): boolean {
    return (this.#has & (1 << index)) !== 0
  }

  /** The value of the header of that index. */
  valueOf(index: number): BytesOut {
    return this.#values[index] ?? this.#open
  }

  #addFolded(line: Uint8Array, from: number, to: number): void {
    const open = this.#open
    if (!this.#isOpen) {
      let start = from
      while (start < to && isFold(line[start] ?? 0)) start++
      this.#keep(line, start, to)
    } else if (this.#unfolds && hasColon(line, from, to) && hasColon(open.bytes, 0, open.length)) {
      this.end()
      this.#keep(line, from + 1, to)
    } else if (open.length < MAX_FOLDED) open.append(line, from, to)
  }

  #keep(line: Uint8Array, from: number, to: number): void {
    this.#isOpen = true
    this.#open.append(line, from, to)
  }

  /** Takes a whole header, if its name is one of those that matter. */
  #take(line: Uint8Array, from: number, to: number): void {
    const colon = indexIn(line, COLON, from, to)
    if (colon === to) return
    let nameEnd = colon
    while (nameEnd > from && isBlank(line[nameEnd - 1] ?? 0)) nameEnd--
    const index = this.#names.findIndex((name) => isWord(line, from, nameEnd, name))
    const into = this.#values[index]
    if (into === undefined) return
    let start = colon + 1
    let end = to
    while (start < end && isBlank(line[start] ?? 0)) start++
    while (end > start && isBlank(line[end - 1] ?? 0)) end--
    const isRepeated = this.has(index)
    this.#has |= 1 << index
    if (isRepeated && this.#names[index] === FIRST_COUNTS) return
    if (isRepeated) {
      into.push(COMMA)
      into.push(SPACE)
    }
    into.append(line, start, end)
  }
}

/** Whether a line that begins with this byte continues the one before it. */
export function isFold(byte: number): boolean {
  return isBlank(byte) || byte === 0
}

function hasColon(line: Uint8Array, from: number, to: number): boolean {
  return indexIn(line, COLON, from, to) < to
}

/** The first number in a Content-Length; -1: none that is valid. */
export function readLength(value: BytesOut): number {
  let at = 0
  while (at < value.length && !isDigit(value.bytes[at] ?? 0)) at++
  if (at === value.length) return -1
  let length = 0
  for (; at < value.length && isDigit(value.bytes[at] ?? 0); at++) {
    length = length * 10 + (value.bytes[at] ?? 0) - 48
    if (length > Number.MAX_SAFE_INTEGER / 16) return -1
  }
  return length
}

/** Whether the value has `word`, which is in lower case, anywhere, ignoring case. */
export function contains({ bytes, length }: BytesOut, word: string): boolean {
  for (let at = 0; at + word.length <= length; at++)
    if (lower(bytes[at] ?? 0) === word.charCodeAt(0) && isWord(bytes, at, at + word.length, word)) return true
  return false
}

export function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}
