import { SESSION_BYTES, STAGE_BITS, STAGE_WORD } from '../model/sharing.ts'
import { RECORD_WORDS } from './record.ts'

/**
 * The record at `base` in the form in which hosts exchange it: its words, little-endian. Written byte by byte, since creating a view of
 * so short an array costs more than the array.
 */
export function sessionOf(
  words: Int32Array,
  base: number,
  session: Uint8Array = new Uint8Array(SESSION_BYTES),
): Uint8Array {
  for (let word = 0, at = 0; word < RECORD_WORDS; word++, at += 4) {
    const value = words[base + word] ?? 0
    session[at] = value
    session[at + 1] = value >>> 8
    session[at + 2] = value >>> 16
    session[at + 3] = value >>> 24
  }
  return session
}

/** Reads what `sessionOf` wrote, except for the stage, which is stored in the same bytes but is no part of a record. */
export function readSession(session: Uint8Array, words: Int32Array): void {
  for (let word = 0, at = 0; word < RECORD_WORDS; word++, at += 4)
    words[word] =
      (session[at] ?? 0) |
      ((session[at + 1] ?? 0) << 8) |
      ((session[at + 2] ?? 0) << 16) |
      ((session[at + 3] ?? 0) << 24)
  words[STAGE_WORD] = (words[STAGE_WORD] ?? 0) & ~STAGE_BITS
}
