/** Delimiters of text protocols. */
export const TAB = 9
export const LF = 10
export const CR = 13
export const SPACE = 32
export const HASH = 35
export const PERCENT = 37
export const COMMA = 44
export const DOT = 46
export const SLASH = 47
export const COLON = 58
export const QUESTION = 63
export const AT = 64
export const BRACKET = 91
export const BACKSLASH = 92
export const END_BRACKET = 93

/** C's isspace: tab, LF, VT, FF, CR and space. */
export function isSpace(byte: number): boolean {
  return byte === SPACE || (byte >= TAB && byte <= CR)
}

/** Space or tab. */
export function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB
}

/** Lower case of an ASCII letter; other bytes unchanged. */
export function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte
}

/** Value of a hexadecimal digit; -1: it is none. */
export function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const letter = lower(byte)
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

/** Whether `bytes[from … to-1]` equals `word`, which is in lower case, ignoring case. */
export function isWord(bytes: Uint8Array, from: number, to: number, word: string): boolean {
  if (to - from !== word.length) return false
  for (let i = 0; i < word.length; i++) if (lower(bytes[from + i] ?? 0) !== word.charCodeAt(i)) return false
  return true
}

/** Index of `byte` in `bytes[from … to-1]`; `to` if there is none. */
export function indexIn(bytes: Uint8Array, byte: number, from: number, to: number): number {
  for (let i = from; i < to; i++) if (bytes[i] === byte) return i
  return to
}
