import type { BytesOut } from './bytes-out.ts'
import {
  AT,
  BACKSLASH,
  BRACKET,
  COLON,
  DOT,
  END_BRACKET,
  HASH,
  hexDigit,
  indexIn,
  isBlank,
  lower,
  PERCENT,
  QUESTION,
  SLASH,
  SPACE,
} from './characters.ts'
import { decodeUtf8, singleByte } from './http-utf8.ts'

const MAX_PORT = 65_535

/**
 * The URI that rules see, made from a request's target as libhtp does with Suricata's personality "IDS": path and query only. In the path,
 * escapes (%20, %u0041) are decoded, backslashes become slashes, repeated slashes are merged, characters become one byte each, and dot
 * segments are resolved; in the query, escapes are decoded. `host` gets the authority's host name, in lower case; returns whether the
 * target has an authority, which may name none.
 */
export function normaliseUri(
  source: Uint8Array,
  from: number,
  end: number,
  uri: BytesOut,
  host: BytesOut,
): boolean {
  uri.clear()
  host.clear()
  let to = end
  while (to > from && source[to - 1] === SPACE) to--
  const start = readAuthority(source, from, to, host)
  let pathEnd = start
  while (pathEnd < to && source[pathEnd] !== QUESTION && source[pathEnd] !== HASH) pathEnd++
  decodePath(source, start, pathEnd, uri)
  decodeUtf8(uri)
  resolveDots(uri)
  let at = pathEnd
  if (source[at] === QUESTION && at < to) {
    const queryEnd = indexIn(source, HASH, at, to)
    uri.push(QUESTION)
    decodeEscapes(source, at + 1, queryEnd, uri, false)
    at = queryEnd
  }
  if (at < to && source[at] === HASH) {
    uri.push(HASH)
    decodeEscapes(source, at + 1, to, uri, true)
  }
  return authorityAt(source, from, to) < to
}

/** Whether the target of CONNECT names a host, even an empty one, before a port. */
export function namesHost(source: Uint8Array, from: number, to: number): boolean {
  return from < to && (source[from] !== BRACKET || indexIn(source, END_BRACKET, from, to) < to)
}

/** The host of the authority that is the target of CONNECT. Returns its port, 0: none that is valid. */
export function readConnectHost(source: Uint8Array, from: number, to: number, host: BytesOut): number {
  host.clear()
  appendHost(source, from, to, host)
  const bracket = source[from] === BRACKET ? indexIn(source, END_BRACKET, from, to) : -1
  if (bracket >= 0) return source[bracket + 1] === COLON ? readPort(source, bracket + 2, to) : 0
  return readPort(source, indexIn(source, COLON, from, to) + 1, to)
}

/** The number in `source[from … to-1]`, with blanks round it, as that of a port; 0: it is none. */
export function readPort(source: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && isBlank(source[at] ?? 0)) at++
  let port = 0
  for (; at < to && !isBlank(source[at] ?? 0); at++) {
    const digit = (source[at] ?? 0) - 48
    if (digit < 0 || digit > 9) return 0
    port = Math.min(port * 10 + digit, MAX_PORT + 1)
  }
  while (at < to && isBlank(source[at] ?? 0)) at++
  return at < to || port > MAX_PORT ? 0 : port
}

/** Where the path begins: after "scheme://authority", if present. */
function readAuthority(source: Uint8Array, from: number, to: number, host: BytesOut): number {
  const authority = authorityAt(source, from, to)
  if (authority === to) return behindScheme(source, from, to)
  let end = authority
  while (end < to && source[end] !== QUESTION && source[end] !== SLASH && source[end] !== HASH) end++
  const credentials = indexIn(source, AT, authority, end)
  appendHost(source, credentials < end ? credentials + 1 : authority, end, host)
  return end
}

/** Where the authority begins, even an empty one; `to`: there is none. */
function authorityAt(source: Uint8Array, from: number, to: number): number {
  const at = behindScheme(source, from, to)
  if (at === from || at + 2 >= to) return to
  return source[at] === SLASH && source[at + 1] === SLASH && source[at + 2] !== SLASH ? at + 2 : to
}

/** The offset after "scheme:"; `from` without one. */
function behindScheme(source: Uint8Array, from: number, to: number): number {
  if (from === to || source[from] === SLASH) return from
  const colon = indexIn(source, COLON, from, to)
  return colon === to ? from : colon + 1
}

function appendHost(source: Uint8Array, from: number, to: number, host: BytesOut): void {
  const bracket = source[from] === BRACKET ? indexIn(source, END_BRACKET, from, to) : to
  const end = bracket < to ? bracket + 1 : source[from] === BRACKET ? to : indexIn(source, COLON, from, to)
  decodeEscapes(source, from, end, host, true)
  for (let i = 0; i < host.length; i++) host.bytes[i] = lower(host.bytes[i] ?? 0)
  while (host.length > 0 && host.bytes[host.length - 1] === DOT) host.length--
}

/** Result of `readEscape`: the decoded byte and the length of the escape; for an invalid escape the byte "%" and length 1. */
const unescaped = { byte: 0, length: 1 }

function readEscape(source: Uint8Array, at: number, to: number, wide: boolean): void {
  unescaped.byte = PERCENT
  unescaped.length = 1
  if (at + 2 >= to) return
  if (wide && lower(source[at + 1] ?? 0) === 117) {
    if (at + 5 >= to) return
    const code = hexAt(source, at + 2, 4)
    if (code < 0) return
    unescaped.byte = singleByte(code)
    unescaped.length = 6
    return
  }
  const code = hexAt(source, at + 1, 2)
  if (code < 0) return
  unescaped.byte = code
  unescaped.length = 3
}

function hexAt(source: Uint8Array, at: number, digits: number): number {
  let value = 0
  for (let i = 0; i < digits; i++) {
    const digit = hexDigit(source[at + i] ?? 0)
    if (digit < 0) return -1
    value = value * 16 + digit
  }
  return value
}

function decodeEscapes(source: Uint8Array, from: number, to: number, out: BytesOut, wide: boolean): void {
  let at = from
  while (at < to) {
    const byte = source[at] ?? 0
    if (byte === PERCENT) {
      readEscape(source, at, to, wide)
      out.push(unescaped.byte)
      at += unescaped.length
    } else {
      out.push(byte)
      at++
    }
  }
}

function decodePath(source: Uint8Array, from: number, to: number, out: BytesOut): void {
  let at = from
  let afterSlash = false
  while (at < to) {
    let byte = source[at] ?? 0
    if (byte === PERCENT) {
      readEscape(source, at, to, true)
      byte = unescaped.byte
      at += unescaped.length
    } else at++
    if (byte === BACKSLASH) byte = SLASH
    if (byte !== SLASH || !afterSlash) out.push(byte)
    afterSlash = byte === SLASH
  }
}

/**
 * Removes dot segments (RFC 3986 5.2.4), in place. As in libhtp, the slash that a final dot segment leaves behind is
 * dropped: "/a/.." becomes empty.
 */
function resolveDots(path: BytesOut): void {
  const { bytes, length } = path
  let read = 0
  let written = 0
  /** A slash that stands for a removed segment. */
  let slash = false
  while (read < length) {
    const byte = slash ? SLASH : (bytes[read++] ?? 0)
    slash = false
    const dots = dotSegment(bytes, read, length)
    if (byte === DOT && leadsOn(bytes, read, length)) {
      read += bytes[read] === SLASH ? 1 : 2
    } else if (byte === DOT && isLastDots(bytes, read, length)) {
      read = length
    } else if (byte === SLASH && dots > 0) {
      read = Math.min(length, read + dots + 1)
      slash = true
      if (dots === 2) written = withoutLastSegment(bytes, written)
    } else {
      bytes[written++] = byte
      while (read < length && bytes[read] !== SLASH) bytes[written++] = bytes[read++] ?? 0
    }
  }
  path.length = written
}

/** 1 or 2: a segment of this many dots begins here; 0: none. */
function dotSegment(bytes: Uint8Array, at: number, end: number): number {
  let dots = 0
  while (dots < 3 && at + dots < end && bytes[at + dots] === DOT) dots++
  return dots > 0 && dots < 3 && (at + dots === end || bytes[at + dots] === SLASH) ? dots : 0
}

/** After an initial dot: "/" or "./" follows. */
function leadsOn(bytes: Uint8Array, at: number, end: number): boolean {
  return (at < end && bytes[at] === SLASH) || (at + 1 < end && bytes[at] === DOT && bytes[at + 1] === SLASH)
}

/** After an initial dot: nothing, or one more dot, follows. */
function isLastDots(bytes: Uint8Array, at: number, end: number): boolean {
  return at === end || (at + 1 === end && bytes[at] === DOT)
}

function withoutLastSegment(bytes: Uint8Array, length: number): number {
  let left = length
  while (left > 0 && bytes[left - 1] !== SLASH) left--
  return Math.max(0, left - 1)
}
