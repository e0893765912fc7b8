import type { RunEvent } from '../model/run-log.ts'
import { wholeEvent } from './kept.ts'

const [OPEN, COMMA, CLOSE, ZERO] = [0x5b, 0x2c, 0x5d, 0x30]
/** Packets from which on writing digits pays; JSON.stringify takes a line with fewer faster as a whole. */
const MANY = 64
/** Bytes of the longest number that is written digit by digit, and of the comma before it. */
const LONGEST = 11
/** Three digits for each number below 1000. */
const DIGITS = Buffer.from(
  Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, '0')).join(''),
)

/**
 * Lines of a log one after another, in memory that grows. Events are written as JSON.stringify would write them; columns of packets, which
 * are most of a line, digit by digit without a text between, in half the time.
 */
export class LineBytes {
  readonly #allocate: (bytes: number) => Buffer
  #bytes: Buffer
  #length = 0

  /** `room`: bytes at first. `allocate`: makes the memory, whose contents do not matter. */
  constructor(room: number, allocate: (bytes: number) => Buffer = (bytes) => Buffer.allocUnsafeSlow(bytes)) {
    this.#allocate = allocate
    this.#bytes = allocate(room)
  }

  /** Number of bytes that were put. */
  get length(): number {
    return this.#length
  }

  /** The bytes that were put, from `from` on; valid until more is put. */
  view(from = 0): Buffer {
    return this.#bytes.subarray(from, this.#length)
  }

  clear(): void {
    this.#length = 0
  }

  /** Puts an event, without a newline; nothing, if it throws. */
  event(event: RunEvent): void {
    const from = this.#length
    const whole = wholeEvent(event)
    try {
      if (whole.type === 'case-finished' && (whole.trace?.number.length ?? 0) >= MANY) this.#object(whole)
      else this.text(JSON.stringify(whole))
    } catch (thrown) {
      this.#length = from
      throw thrown
    }
  }

  text(text: string): void {
    // In UTF-8 a character takes at most three bytes.
    this.#reserve(3 * text.length)
    this.#length += this.#bytes.write(text, this.#length)
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  newline(): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = 0x0a
  }

  /** An object with columns, or with a trace, among its fields. */
  #object(fields: object): void {
    let text = '{'
    let between = ''
    for (const [key, value] of Object.entries(fields)) {
      if (value === undefined) continue
      text += `${between}"${key}":`
      between = ','
      const isColumn = Array.isArray(value) && typeof value[0] === 'number'
      if (!isColumn && key !== 'trace') text += JSON.stringify(value)
      else {
        this.text(text)
        text = ''
        if (isColumn) this.#numbers(value)
        else this.#object(value)
      }
    }
    this.text(`${text}}`)
  }

  #numbers(numbers: readonly number[]): void {
    this.#reserve(LONGEST * numbers.length + 2)
    const bytes = this.#bytes
    const from = this.#length
    let at = from
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i] ?? 0
      if (number >>> 0 !== number) {
        // Times after an hour, and nothing else.
        bytes[from] = OPEN
        this.#length = at
        const rest = JSON.stringify(numbers.slice(i))
        this.text(i === 0 ? rest : `,${rest.slice(1)}`)
        return
      }
      bytes[at] = COMMA
      if (number < 10) {
        bytes[at + 1] = ZERO + number
        at += 2
      } else at = putNumber(bytes, at + 1, number)
    }
    bytes[from] = OPEN
    bytes[at] = CLOSE
    this.#length = at + 1
  }

  #reserve(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#bytes.length) return
    const larger = this.#allocate(Math.max(needed, 2 * this.#bytes.length))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}

/** Puts an integer from 0 to 2^32 - 1; returns the place after it. */
function putNumber(bytes: Uint8Array, at: number, number: number): number {
  if (number < 1000) return putFirst(bytes, at, number)
  const thousands = (number / 1000) >>> 0
  let to = at
  if (thousands < 1000) to = putFirst(bytes, at, thousands)
  else {
    const millions = (number / 1_000_000) >>> 0
    to = putThree(bytes, putNumber(bytes, at, millions), thousands - 1000 * millions)
  }
  return putThree(bytes, to, number - 1000 * thousands)
}

/** Puts a number below 1000. */
function putFirst(bytes: Uint8Array, at: number, number: number): number {
  const digits = 3 * number
  let to = at
  if (number >= 100) bytes[to++] = DIGITS[digits] ?? 0
  if (number >= 10) bytes[to++] = DIGITS[digits + 1] ?? 0
  bytes[to++] = DIGITS[digits + 2] ?? 0
  return to
}

function putThree(bytes: Uint8Array, at: number, number: number): number {
  const digits = 3 * number
  bytes[at] = DIGITS[digits] ?? 0
  bytes[at + 1] = DIGITS[digits + 1] ?? 0
  bytes[at + 2] = DIGITS[digits + 2] ?? 0
  return at + 3
}
