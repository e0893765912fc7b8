import { BytesOut } from './bytes-out.ts'
import { COLON, COMMA, indexIn, isBlank, isWord, lower, SPACE } from './characters.ts'

/** Of a repeated one the first value counts; of others all do, joined. */
const FIRST_COUNTS = 'content-length'

/** The values of some headers of a message, joined and trimmed as libhtp does it. One object, refilled for each message. */
export class HttpHeaders {
  readonly #names: readonly string[]
  readonly #values: BytesOut[]
  readonly #value = new BytesOut()
  /** A next line may continue the last one; then the index of its header, -1: none that matters. */
  #isOpen = false
  #open = -1
  /** Bits of the headers that the message has. */
  #has = 0

  /** `names`: in lower case. */
  constructor(names: readonly string[]) {
    this.#names = names
    this.#values = names.map(() => new BytesOut())
  }

  clear(): void {
    this.#has = 0
    for (const value of this.#values) value.clear()
  }

  /**
   * Adds one header line without its line ending. `mayGoOn`: the next line may continue it, with a blank at its start. An open header that was
   * not ended counts for the next message.
   */
  add(line: Uint8Array, from: number, to: number, mayGoOn: boolean): void {
    let start = from
    while (start < to && isBlank(line[start] ?? 0)) start++
    if (start > from && this.#isOpen) {
      if (this.#open >= 0) this.#value.append(line, from, to)
      return
    }
    this.end()
    this.#isOpen = true
    const colon = indexIn(line, COLON, start, to)
    let nameEnd = colon
    while (nameEnd > start && isBlank(line[nameEnd - 1] ?? 0)) nameEnd--
    if (colon < to) this.#open = this.#names.findIndex((name) => isWord(line, start, nameEnd, name))
    if (this.#open >= 0) this.#value.append(line, colon + 1, to)
    if (!mayGoOn) this.end()
  }

  /** No line follows. */
  end(): void {
    const open = this.#open
    const value = this.#value
    const into = this.#values[open]
    if (into !== undefined) {
      let from = 0
      let to = value.length
      while (from < to && isBlank(value.bytes[from] ?? 0)) from++
      while (to > from && isBlank(value.bytes[to - 1] ?? 0)) to--
      const isRepeated = this.has(open)
      const isKept = isRepeated && this.#names[open] === FIRST_COUNTS
      this.#has |= 1 << open
      if (isRepeated && !isKept) {
        into.push(COMMA)
        into.push(SPACE)
      }
      if (!isKept) into.append(value.bytes, from, to)
    }
    this.#isOpen = false
    this.#open = -1
    value.clear()
  }

  /** Whether the message has the header of that index. */
  has(index: number): boolean {
    return (this.#has & (1 << index)) !== 0
  }

  /** The value of the header of that index. */
  valueOf(index: number): BytesOut {
    return this.#values[index] ?? this.#value
  }
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
