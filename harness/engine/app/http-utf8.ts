import type { BytesOut } from './bytes-out.ts'
import { QUESTION } from './characters.ts'

/** The fullwidth forms of ASCII. */
const FULLWIDTH = 0xff01
const FULLWIDTH_END = 0xff5e

/**
 * The single byte for a character: Latin-1 as it is, fullwidth forms as ASCII, "?" for all others (libhtp maps more of
 * them).
 */
export function singleByte(code: number): number {
  if (code < 0x100) return code
  return code >= FULLWIDTH && code <= FULLWIDTH_END ? code - FULLWIDTH + 0x21 : QUESTION
}

/** Converts UTF-8 to one byte per character, in place; invalid UTF-8 becomes "?". Overlong forms are accepted. */
export function decodeUtf8(text: BytesOut): void {
  const { bytes, length } = text
  let read = 0
  let written = 0
  while (read < length) {
    const first = bytes[read] ?? 0
    const more = continuations(first)
    if (more === 0) {
      bytes[written++] = first
      read++
      continue
    }
    let code = more < 0 ? 0 : first & (0x3f >> more)
    let seen = 0
    while (seen < more && isContinuation(bytes, read + 1 + seen, length))
      code = (code << 6) | ((bytes[read + 1 + seen++] ?? 0) & 0x3f)
    const cutOff = more > 0 && read + 1 + seen >= length && seen < more
    if (cutOff) break
    const good = seen === more && !(code >= 0xd800 && code <= 0xdfff) && code <= 0x10ffff
    bytes[written++] = good ? singleByte(code) : QUESTION
    read += good ? more + 1 : Math.max(1, seen)
  }
  text.length = written
}

/** The number of continuation bytes after the first byte of a character; -1: it begins none. */
function continuations(first: number): number {
  if (first < 0x80) return 0
  if (first < 0xc0) return -1
  if (first < 0xe0) return 1
  if (first < 0xf0) return 2
  return first < 0xf5 ? 3 : -1
}

function isContinuation(bytes: Uint8Array, at: number, length: number): boolean {
  return at < length && ((bytes[at] ?? 0) & 0xc0) === 0x80
}
