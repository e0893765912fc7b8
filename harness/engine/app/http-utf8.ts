import type { BytesOut } from './bytes-out.ts'
import { QUESTION } from './characters.ts'
import { bestFit } from './http-best-fit.ts'

/** The single byte for a character, as libhtp chooses it: Latin-1 as it is, of others what resembles them, or "?". */
export function singleByte(code: number): number {
  return code < 0x100 ? code : (bestFit(code) ?? QUESTION)
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
    while (seen < more && isContinuation(bytes, read + 1 + seen, length, seen === 0 ? first : 0))
      code = (code << 6) | ((bytes[read + 1 + seen++] ?? 0) & 0x3f)
    const cutOff = more > 0 && read + 1 + seen >= length && seen < more
    if (cutOff) break
    bytes[written++] = seen === more ? singleByte(code) : QUESTION
    read += 1 + seen
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

/** `first`: the byte before, if it is the first one, which may allow some only: no surrogates, and nothing above U+10FFFF. */
function isContinuation(bytes: Uint8Array, at: number, length: number, first: number): boolean {
  const byte = bytes[at] ?? 0
  const end = first === 0xed ? 0xa0 : first === 0xf4 ? 0x90 : 0xc0
  return at < length && byte >= 0x80 && byte < end
}
