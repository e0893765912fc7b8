import { BytesOut } from './bytes-out.ts'
import {
  BRACKET,
  COLON,
  COMMA,
  CR,
  END_BRACKET,
  indexIn,
  isBlank,
  isSpace,
  isWord,
  LF,
  lower,
  SPACE,
} from './characters.ts'
import { isMethod } from './http-methods.ts'
import { normaliseUri, readConnectHost } from './http-uri.ts'

/** How the length of a request's body is determined. */
export const Body = { none: 0, length: 1, chunked: 2, invalid: 3 } as const

/** The headers that matter: of the length the first value, of the others all, joined as libhtp joins them. */
const Header = { other: 0, host: 1, contentLength: 2, transferEncoding: 3, authorization: 4 } as const

const BASIC = 'basic'

/** A request's line and headers. One object, refilled for each request of a flow. */
export class Request {
  readonly method = new BytesOut()
  /** Neither headers nor more requests follow (HTTP 0.9). */
  short = false
  isConnect = false
  readonly uri = new BytesOut()
  readonly host = new BytesOut()
  body: number = Body.none
  /** Bytes of the body. */
  length = 0
  /** libhtp gives up on its credentials. */
  failed = false
  #uriHasHost = false
  #header: number = Header.other
  /** Bits of the headers that it has. */
  #has = 0
  readonly #hostValue = new BytesOut()
  readonly #lengthValue = new BytesOut()
  readonly #codingValue = new BytesOut()
  readonly #credentials = new BytesOut()
  readonly #value = new BytesOut()

  /** Reads a request line without its line ending. */
  readLine(line: Uint8Array, from: number, to: number): void {
    this.#clear()
    let at = from
    while (at < to && isSpace(line[at] ?? 0)) at++
    const methodFrom = at
    while (at < to && !isSpace(line[at] ?? 0)) at++
    this.method.append(line, methodFrom, at)
    this.isConnect = isMethod(line, methodFrom, at) && isWord(line, methodFrom, at, 'connect')
    while (at < to && isSpace(line[at] ?? 0)) at++
    const uriFrom = at
    at = endOfUri(line, at, to)
    if (this.isConnect) readConnectHost(line, uriFrom, at, this.host)
    const hasAuthority = !this.isConnect && normaliseUri(line, uriFrom, at, this.uri, this.host)
    this.#uriHasHost = hasAuthority || this.host.length > 0
    while (at < to && isSpace(line[at] ?? 0)) at++
    this.short = at === to
  }

  /** Adds one header line without its line ending; a line that begins with a blank continues the one before. */
  addHeader(line: Uint8Array, from: number, to: number): void {
    if (from < to && isBlank(line[from] ?? 0)) {
      if (this.#header !== Header.other) this.#value.append(line, from, to)
      return
    }
    this.#endHeader()
    const colon = indexIn(line, COLON, from, to)
    if (colon === to) return
    let nameEnd = colon
    while (nameEnd > from && isBlank(line[nameEnd - 1] ?? 0)) nameEnd--
    this.#header = kindOf(line, from, nameEnd)
    if (this.#header !== Header.other) this.#value.append(line, colon + 1, to)
  }

  /** The headers are complete: determines host and body. */
  endHeaders(): void {
    this.#endHeader()
    this.body = this.#measureBody()
    this.failed = this.#hasHeader(Header.authorization) && areBadCredentials(this.#credentials)
    if (!this.#uriHasHost && this.#hostValue.length > 0) readHost(this.#hostValue, this.host)
  }

  #clear(): void {
    this.body = Body.none
    this.length = 0
    this.failed = false
    this.#has = 0
    this.#header = Header.other
    this.method.clear()
    for (const part of [
      this.#hostValue,
      this.#lengthValue,
      this.#codingValue,
      this.#credentials,
      this.#value,
      this.uri,
      this.host,
    ])
      part.clear()
  }

  #endHeader(): void {
    const value = this.#value
    if (this.#header !== Header.other) {
      const into = this.#valueOf(this.#header)
      let from = 0
      let to = value.length
      while (from < to && isBlank(value.bytes[from] ?? 0)) from++
      while (to > from && isBlank(value.bytes[to - 1] ?? 0)) to--
      const isRepeated = this.#hasHeader(this.#header)
      this.#has |= 1 << this.#header
      if (isRepeated && into !== this.#lengthValue) {
        into.push(COMMA)
        into.push(SPACE)
      }
      if (!isRepeated || into !== this.#lengthValue) into.append(value.bytes, from, to)
    }
    this.#header = Header.other
    value.clear()
  }

  #valueOf(header: number): BytesOut {
    if (header === Header.host) return this.#hostValue
    if (header === Header.authorization) return this.#credentials
    return header === Header.contentLength ? this.#lengthValue : this.#codingValue
  }

  #hasHeader(header: number): boolean {
    return (this.#has & (1 << header)) !== 0
  }

  #measureBody(): number {
    const coding = this.#codingValue
    if (this.#hasHeader(Header.transferEncoding))
      return hasToken(coding, 'chunked') ? Body.chunked : Body.invalid
    if (!this.#hasHeader(Header.contentLength)) return Body.none
    this.length = readLength(this.#lengthValue)
    return this.length < 0 ? Body.invalid : Body.length
  }
}

/** The URI ends at the first space or, if a line has only other white space, at that. */
function endOfUri(line: Uint8Array, from: number, to: number): number {
  const end = indexIn(line, SPACE, from, to)
  if (end < to) return end
  let at = from
  while (at < to && !isSpace(line[at] ?? 0)) at++
  return at
}

function kindOf(line: Uint8Array, from: number, to: number): number {
  if (isWord(line, from, to, 'host')) return Header.host
  if (isWord(line, from, to, 'content-length')) return Header.contentLength
  if (isWord(line, from, to, 'authorization')) return Header.authorization
  return isWord(line, from, to, 'transfer-encoding') ? Header.transferEncoding : Header.other
}

/** The host name in a Host header: without port; in lower case if there was no port, and as sent otherwise, as in libhtp. */
function readHost(value: BytesOut, host: BytesOut): void {
  const { bytes } = value
  let from = 0
  let to = value.length
  while (from < to && isSpace(bytes[from] ?? 0)) from++
  while (to > from && isSpace(bytes[to - 1] ?? 0)) to--
  if (from === to) return
  if (bytes[from] === BRACKET) {
    const end = indexIn(bytes, END_BRACKET, from, to)
    if (end < to) host.append(bytes, from, end + 1)
    return
  }
  const colon = indexIn(bytes, COLON, from, to)
  let end = colon
  while (end > from && isSpace(bytes[end - 1] ?? 0)) end--
  host.append(bytes, from, end)
  if (colon === to) for (let i = 0; i < host.length; i++) host.bytes[i] = lower(host.bytes[i] ?? 0)
}

/** Basic credentials that encode not even one byte (libhtp, htp_parse_authorization_basic). */
function areBadCredentials({ bytes, length }: BytesOut): boolean {
  let at = BASIC.length
  if (length <= at || !isWord(bytes, 0, at, BASIC)) return false
  while (at < length && isSpace(bytes[at] ?? 0)) at++
  if (at === length) return false
  let digits = 0
  for (; at < length; at++) if (isBase64(bytes[at] ?? 0)) digits++
  return digits < 2
}

function isBase64(byte: number): boolean {
  const letter = lower(byte)
  return (letter >= 97 && letter <= 122) || isDigit(byte) || byte === 43 || byte === 47
}

/** The first number in a Content-Length; -1: none that is valid. */
function readLength(value: BytesOut): number {
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

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}

/** Whether one of the tokens between commas is `word`. */
function hasToken({ bytes, length }: BytesOut, word: string): boolean {
  for (let from = 0; from <= length; ) {
    const comma = indexIn(bytes, COMMA, from, length)
    let start = from
    while (start < comma && isSpace(bytes[start] ?? 0)) start++
    let end = comma
    while (end > start && isSpace(bytes[end - 1] ?? 0)) end--
    if (isWord(bytes, start, end, word)) return true
    from = comma + 1
  }
  return false
}

/** The end of the line's text, without trailing CRs and LFs. */
export function chomp(line: Uint8Array, from: number, to: number): number {
  let end = to
  while (end > from && (line[end - 1] === LF || line[end - 1] === CR)) end--
  return end
}
