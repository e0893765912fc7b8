import { putU16 } from '../../wire/bytes.ts'
import { fold, sumWords } from '../../wire/checksum.ts'
import { crcAfter, writeCrcStep } from '../../wire/sctp.ts'

/** What becomes of payload: letters that follow the sequence number, zeros, or nothing but what names hosts. */
export const PAYLOADS = ['scrub', 'zero', 'keep'] as const
export type PayloadWord = (typeof PAYLOADS)[number]

const LETTERS = 16
/** Longest run that is written at a time. */
const RUN = 1 << 16
const PATTERN = Uint8Array.from({ length: RUN + LETTERS }, (_, index) => 0x41 + (index % LETTERS))

/**
 * Writes in place of payload what tells nothing of it: with `scrub` the letters A to P, chosen by the sequence number, so that
 * what is sent again reads the same and gaps are seen; with `zero` zeros.
 */
export class Filler {
  readonly #letters: boolean
  /** Bytes that were replaced. */
  filled = 0

  constructor(payload: PayloadWord) {
    this.#letters = payload !== 'zero'
  }

  /** Replaces bytes[from, to), of which the first has this sequence number. */
  fill(bytes: Uint8Array, from: number, to: number, sequence = 0): void {
    if (to <= from) return
    this.filled += to - from
    if (!this.#letters) {
      bytes.fill(0, from, to)
      return
    }
    let phase = sequence & (LETTERS - 1)
    for (let at = from; at < to; at += RUN) {
      const length = Math.min(RUN, to - at)
      if (length < 128) for (let k = 0; k < length; k++) bytes[at + k] = 0x41 + ((phase + k) & (LETTERS - 1))
      else bytes.set(PATTERN.subarray(phase, phase + length), at)
      phase = (phase + length) & (LETTERS - 1)
    }
  }

  /**
   * The same, and the one's complement sum of bytes[from, to) stays: a checksum over what is not all there, of a datagram in
   * fragments, then holds as it did. A single byte stays.
   */
  fillKeepingSum(bytes: Uint8Array, from: number, to: number): void {
    if (to - from < 2) return
    const before = fold(sumWords(bytes, from, to))
    this.fill(bytes, from, to)
    putU16(bytes, from, 0)
    const rest = fold(sumWords(bytes, from, to))
    putU16(bytes, from, fold(before + (0xffff - rest)))
    // Zeros have a sum that nothing else has.
    if (before === 0) bytes.fill(0, from, to)
  }

  /** The same for CRC32c, which bytes[from, to) are a part of; less than four bytes stay. */
  fillKeepingCrc(bytes: Uint8Array, from: number, to: number): void {
    if (to - from < 4) return
    const after = crcAfter(0, bytes, from, to)
    this.fill(bytes, from, to)
    writeCrcStep(bytes, to - 4, crcAfter(0, bytes, from, to - 4), after)
  }
}
