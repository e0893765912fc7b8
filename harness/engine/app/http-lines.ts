import { CR, hexDigit, isSpace, isWord, LF } from './characters.ts'
import { isMethod } from './http-methods.ts'

/** A longer line is an error (Suricata 7, app-layer-htp.h, HTP_CONFIG_DEFAULT_FIELD_LIMIT_HARD). */
export const MAX_LINE = 18_000
/** This many bytes after a request line without version imply that headers follow nevertheless. */
export const JUNK = 16
const VERSION_11 = 'HTTP/1.1'
const MAX_CHUNK = 0x7fffffff

/** CRLF or LF alone. */
export function isEmptyLine(line: Uint8Array, from: number, to: number): boolean {
  return to - from === 1 || (to - from === 2 && line[from] === CR)
}

/** The end of the line's text, without trailing CRs and LFs. */
export function chomp(line: Uint8Array, from: number, to: number): number {
  let end = to
  while (end > from && (line[end - 1] === LF || line[end - 1] === CR)) end--
  return end
}

/** Whether the first word is a method. */
export function startsWithMethod(line: Uint8Array, from: number, to: number): boolean {
  let start = from
  while (start < to && isSpace(line[start] ?? 0)) start++
  let end = start
  while (end < to && !isSpace(line[end] ?? 0)) end++
  return isMethod(line, start, end)
}

/** Whether there is nothing but white space. */
export function isWhite(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!isSpace(bytes[at] ?? 0)) return false
  return true
}

/** The size of a chunk; -1: the line has none that is valid. */
export function readChunkSize(line: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && isSpace(line[at] ?? 0)) at++
  const first = at
  let size = 0
  for (; at < to && hexDigit(line[at] ?? 0) >= 0; at++) {
    size = size * 16 + hexDigit(line[at] ?? 0)
    if (size > MAX_CHUNK) return -1
  }
  return at === first ? -1 : size
}

/** Whether the line looks like that of a response: it begins with HTTP, in any case. */
export function isLikeResponse(line: Uint8Array, from: number, to: number): boolean {
  let at = from
  while (at < to && (isSpace(line[at] ?? 0) || line[at] === 0)) at++
  return at + 4 <= to && isWord(line, at, at + 4, 'http')
}

/** Whether the first word of a response's line is the version 1.1, in upper case. */
export function isVersion11(line: Uint8Array, from: number, to: number): boolean {
  let at = from
  while (at < to && isSpace(line[at] ?? 0)) at++
  for (let i = 0; i < VERSION_11.length; i++) if (line[at + i] !== VERSION_11.charCodeAt(i)) return false
  at += VERSION_11.length
  return at === to || (at < to && isSpace(line[at] ?? 0))
}

/** The number in the second word; 0: none that is a status. */
export function readStatus(line: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && isSpace(line[at] ?? 0)) at++
  while (at < to && !isSpace(line[at] ?? 0)) at++
  while (at < to && isSpace(line[at] ?? 0)) at++
  let status = 0
  for (; at < to && !isSpace(line[at] ?? 0); at++) {
    const digit = (line[at] ?? 0) - 48
    if (digit < 0 || digit > 9 || status > 999) return 0
    status = status * 10 + digit
  }
  return status < 100 || status > 999 ? 0 : status
}

/** Whether a response with that status has no body, if no header says otherwise. */
export function isBodiless(status: number): boolean {
  return (status >= 100 && status <= 199) || status === 204 || status === 304
}
