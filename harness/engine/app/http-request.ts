import { BytesOut } from './bytes-out.ts'
import { BRACKET, COLON, COMMA, END_BRACKET, indexIn, isSpace, isWord, lower, SPACE } from './characters.ts'
import { HttpHeaders, isDigit, readLength } from './http-headers.ts'
import { isMethod } from './http-methods.ts'
import { namesHost, normaliseUri, readConnectHost, readPort } from './http-uri.ts'

/** How the length of a request's body is determined. */
export const Body = { none: 0, length: 1, chunked: 2, invalid: 3 } as const

/** Indices of the headers that matter. */
const Header = { host: 0, contentLength: 1, transferEncoding: 2, authorization: 3, expect: 4 } as const
const HEADERS = ['host', 'content-length', 'transfer-encoding', 'authorization', 'expect'] as const

const BASIC = 'basic'

/** A request's line and headers. One object, refilled for each request of a flow. */
export class Request {
  readonly method = new BytesOut()
  /** Neither headers nor more requests follow (HTTP 0.9). */
  short = false
  isConnect = false
  isHead = false
  /** Its body is sent only if the server does not refuse it. */
  expectsContinue = false
  readonly uri = new BytesOut()
  readonly host = new BytesOut()
  /** Of the host; 0: none that is valid, or the headers are not complete. */
  port = 0
  body: number = Body.none
  /** Bytes of the body. */
  length = 0
  /** libhtp gives up on its credentials. */
  failed = false
  #uriHasHost = false
  #targetPort = 0
  readonly #headers = new HttpHeaders(HEADERS)

  /** Reads a request line without its line ending. */
  readLine(line: Uint8Array, from: number, to: number): void {
    this.#clear()
    let at = from
    while (at < to && isSpace(line[at] ?? 0)) at++
    const methodFrom = at
    while (at < to && !isSpace(line[at] ?? 0)) at++
    this.method.append(line, methodFrom, at)
    const isKnown = isMethod(line, methodFrom, at)
    this.isConnect = isKnown && isWord(line, methodFrom, at, 'connect')
    this.isHead = isKnown && isWord(line, methodFrom, at, 'head')
    while (at < to && isSpace(line[at] ?? 0)) at++
    const uriFrom = at
    at = endOfUri(line, at, to)
    if (this.isConnect) this.#targetPort = readConnectHost(line, uriFrom, at, this.host)
    this.#uriHasHost = this.isConnect
      ? namesHost(line, uriFrom, at)
      : normaliseUri(line, uriFrom, at, this.uri, this.host) || this.host.length > 0
    while (at < to && isSpace(line[at] ?? 0)) at++
    this.short = at === to
  }

  /** Adds one header line without its line ending. `mayGoOn`: as in `HttpHeaders.add`. */
  addHeader(line: Uint8Array, from: number, to: number, mayGoOn: boolean): void {
    this.#headers.add(line, from, to, mayGoOn)
  }

  /** The headers are complete: determines host and body. */
  endHeaders(): void {
    const headers = this.#headers
    headers.end()
    this.body = this.#measureBody()
    this.failed =
      headers.has(Header.authorization) && areBadCredentials(headers.valueOf(Header.authorization))
    const expect = headers.valueOf(Header.expect)
    this.expectsContinue = isWord(expect.bytes, 0, expect.length, '100-continue')
    const host = headers.valueOf(Header.host)
    this.port = this.#targetPort
    if (!this.#uriHasHost && host.length > 0) this.port = readHost(host, this.host)
  }

  #clear(): void {
    this.body = Body.none
    this.length = 0
    this.port = 0
    this.#targetPort = 0
    this.failed = false
    this.expectsContinue = false
    this.#headers.clear(false)
    for (const part of [this.method, this.uri, this.host]) part.clear()
  }

  #measureBody(): number {
    const headers = this.#headers
    if (headers.has(Header.transferEncoding))
      return hasToken(headers.valueOf(Header.transferEncoding), 'chunked') ? Body.chunked : Body.invalid
    if (!headers.has(Header.contentLength)) return Body.none
    this.length = readLength(headers.valueOf(Header.contentLength))
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

/**
 * The host name in a Host header: without port; in lower case if there was no port, and as sent otherwise, as in libhtp. Returns the port,
 * 0: none that is valid.
 */
function readHost(value: BytesOut, host: BytesOut): number {
  const { bytes } = value
  let from = 0
  let to = value.length
  while (from < to && isSpace(bytes[from] ?? 0)) from++
  while (to > from && isSpace(bytes[to - 1] ?? 0)) to--
  if (from === to) return 0
  if (bytes[from] === BRACKET) {
    const end = indexIn(bytes, END_BRACKET, from, to)
    if (end < to) host.append(bytes, from, end + 1)
    return bytes[end + 1] === COLON ? readPort(bytes, end + 2, to) : 0
  }
  const colon = indexIn(bytes, COLON, from, to)
  let end = colon
  while (end > from && isSpace(bytes[end - 1] ?? 0)) end--
  host.append(bytes, from, end)
  if (colon === to) for (let i = 0; i < host.length; i++) host.bytes[i] = lower(host.bytes[i] ?? 0)
  return readPort(bytes, colon + 1, to)
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
