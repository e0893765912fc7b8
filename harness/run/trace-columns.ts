import { isPlain } from '../log/kept.ts'
import type { CaseTrace, RunEvent } from '../model/run-log.ts'

/** The most packets for which there is room at once. */
const ROOM = 4096
const ZEROS: number[] = []
for (let n = 0; n < ROOM; n++) ZEROS.push(0)

/** The most columns that are spare, and packets of one: those of very long cases are not worth their memory. */
const SPARE = 64
const SPARE_PACKETS = 1 << 16
/** Columns to be used again. Times are apart, because an array that once held a number beyond 31 bits stays slower. */
const numbers: number[][] = []
const times: number[][] = []

/**
 * A column for about so many packets, to be cut to its length in the end. It has any contents, but none of its places is empty, because an
 * array that grows from nothing is copied over and over, and one with empty places takes JSON.stringify several times as long.
 */
export function numbersFor(packets: number): number[] {
  return numbers.pop() ?? ZEROS.slice(0, packets)
}

/** The same for times. */
export function timesFor(packets: number): number[] {
  return times.pop() ?? ZEROS.slice(0, packets)
}

/**
 * Takes back the columns of a trace that nobody uses any more, for traces to come: thousands of packets of each case would be garbage
 * otherwise, which costs more than filling them.
 */
export function giveBack({
  number,
  time,
  flow,
  kind,
  flags,
  payload,
  phase,
  host,
  by,
  reason,
}: CaseTrace): void {
  for (const column of [number, flow, kind, flags, payload, phase, host, by, reason]) keep(column, numbers)
  keep(time, times)
}

/** The same for a result whose packets no report needs, once its line is written. */
export function giveBackPlain(event: RunEvent): void {
  if (isPlain(event) && event.trace !== undefined) giveBack(event.trace)
}

function keep(column: readonly number[], spare: number[][]): void {
  if (spare.length < SPARE && column.length <= SPARE_PACKETS) spare.push(column as number[])
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
