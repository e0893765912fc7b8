import { Buffer } from './app-view.ts'
import { BytesOut } from './bytes-out.ts'
import { CR, hexDigit, isSpace, LF } from './characters.ts'
import { isMethod } from './http-methods.ts'
import { Body, chomp, Request } from './http-request.ts'
import { Parsed, type Parser, type ParserResult } from './parser.ts'
import type { Transactions } from './transactions.ts'

/** A longer line is an error (Suricata 7, app-layer-htp.h, HTP_CONFIG_DEFAULT_FIELD_LIMIT_HARD). */
const MAX_LINE = 18_000
/** This many bytes after a request line without version imply that headers follow nevertheless. */
const JUNK = 16

/** What the next byte to the server belongs to. */
const At = {
  idle: 0,
  line: 1,
  headers: 2,
  body: 3,
  chunkSize: 4,
  chunk: 5,
  chunkEnd: 6,
  trailers: 7,
  /** Between requests, within data that came at once: the next request, or more body. */
  after: 8,
  /** What follows is no request: HTTP 0.9, or a tunnel. */
  ignored: 9,
} as const

/**
 * The requests of HTTP 0.9 … 1.1 on a connection, as libhtp reads them. Method and URI are available with the first byte after the
 * request line, the host with the end of the headers. Responses are not parsed.
 */
export class HttpParser implements Parser {
  openTransaction = 0
  #at: number = At.idle
  /** The part of a line that arrived before. */
  readonly #held = new BytesOut()
  readonly #request = new Request()
  /** Bytes of body or chunk still to come. */
  #left = 0
  /** Some bytes updated a request. */
  #touched = false
  /** Something has come from the client; from the server. */
  #asked: boolean
  #answered = false
  /** Method and URI of the request have been passed on. */
  #announced = true
  #line: Uint8Array = this.#held.bytes
  #from = 0
  #to = 0
  /** Offset after the line; -1: the line is incomplete. */
  #next = 0

  /** `begun`: requests may have come before. */
  constructor(begun: boolean) {
    this.#asked = begun
  }

  reads(toServer: boolean): boolean {
    return toServer && this.#at !== At.ignored
  }

  get pending(): boolean {
    return this.#at === At.line || this.#at === At.headers
  }

  parse(
    toServer: boolean,
    bytes: Uint8Array,
    from: number,
    to: number,
    found: Transactions,
    result: ParserResult,
  ): number {
    if (!toServer) {
      this.#answer()
      return Parsed.all
    }
    this.#asked = true
    this.#touched = false
    const outcome = this.#read(bytes, from, to, found)
    result.untouched = !this.#touched
    return outcome
  }

  #read(bytes: Uint8Array, from: number, to: number, found: Transactions): number {
    let at = from
    while (at < to) {
      if (this.#at === At.ignored) return Parsed.all
      if (this.#at === At.idle) this.#at = At.line
      if (this.#at === At.headers && !this.#announced) this.#announce(found)
      if (this.#at === At.headers || this.#at === At.trailers) this.#touched = true
      if (this.#at === At.body || this.#at === At.chunk) {
        const taken = Math.min(this.#left, to - at)
        this.#touched = true
        this.#left -= taken
        at += taken
        if (this.#left === 0) this.#at = this.#at === At.body ? At.after : At.chunkEnd
        continue
      }
      if (!this.#findLine(bytes, at, to)) return this.#held.length > MAX_LINE ? Parsed.error : Parsed.all
      at = this.#next
      if (!this.#takeLine(bytes, at, to, found)) return Parsed.error
      this.#held.clear()
    }
    if (this.#at === At.after && this.#held.length === 0) this.#complete(At.idle)
    return Parsed.all
  }

  /** A response to no request is a transaction, and what the client says next is its body (libhtp, htp_response.c). */
  #answer(): void {
    if (!this.#asked && !this.#answered) this.#at = At.after
    this.#answered = true
  }

  skip(toServer: boolean, length: number, result: ParserResult): number {
    if (!toServer) return Parsed.all
    this.#touched = this.#at === At.body
    if (this.#at === At.body) {
      this.#left = Math.max(0, this.#left - length)
      if (this.#left === 0) this.#end(At.idle)
    } else if (this.#at === At.after) this.#complete(At.idle)
    result.untouched = !this.#touched
    return Parsed.all
  }

  /** Finds the line that `bytes[from …]` begins or continues; if its end has not come, stores the bytes and returns false. */
  #findLine(bytes: Uint8Array, from: number, to: number): boolean {
    const held = this.#held
    let end = from
    while (end < to && bytes[end] !== LF) end++
    if (end === to) {
      held.append(bytes, from, to)
      return false
    }
    this.#next = end + 1
    if (held.length === 0) {
      this.#line = bytes
      this.#from = from
      this.#to = end + 1
    } else {
      held.append(bytes, from, end + 1)
      this.#line = held.bytes
      this.#from = 0
      this.#to = held.length
    }
    return true
  }

  /** Returns false if libhtp gives up. `rest` … `end` is the data directly after the line. */
  #takeLine(bytes: Uint8Array, rest: number, end: number, found: Transactions): boolean {
    const line = this.#line
    const from = this.#from
    const to = this.#to
    switch (this.#at) {
      case At.line:
        if (!isEmptyLine(line, from, to)) this.#startRequest(bytes, rest, end, found)
        return true
      case At.after:
        // What is no request counts as body, up to a bare LF.
        this.#touched = true
        if (to - from === 1) this.#complete(At.line)
        if (to - from === 1 || !startsWithMethod(line, from, to)) return true
        this.#complete(At.line)
        if (!this.#request.short) this.#startRequest(bytes, rest, end, found)
        return true
      case At.headers:
        if (isEmptyLine(line, from, to)) return this.#endHeaders(found)
        this.#request.addHeader(line, from, chomp(line, from, to))
        return true
      case At.trailers:
        if (isEmptyLine(line, from, to)) this.#at = At.after
        return true
      case At.chunkSize:
        return this.#startChunk(line, from, chomp(line, from, to))
      default:
        this.#at = At.chunkSize
        return true
    }
  }

  #startRequest(bytes: Uint8Array, rest: number, end: number, found: Transactions): void {
    const request = this.#request
    const line = this.#line
    request.readLine(line, this.#from, chomp(line, this.#from, this.#to))
    this.#at = At.headers
    this.#announced = false
    if (request.short) request.short = !hasContent(bytes, rest, end)
    if (!request.short) return
    this.#announce(found)
    this.#at = At.after
  }

  /** Ends a request with `next`; one of HTTP 0.9 with nothing that matters. */
  #complete(next: number): void {
    this.#end(this.#request.short ? At.ignored : next)
  }

  /** The request is complete, including its body: with this packet it is inspected for the last time. */
  #end(next: number): void {
    this.openTransaction++
    this.#touched = true
    this.#at = next
  }

  /**
   * Rules see the request line with the first byte of the headers, which is when Suricata inspects it again. Without headers it is
   * not over yet, so that a match is remembered.
   */
  #announce(found: Transactions): void {
    const { method, uri, short } = this.#request
    this.#announced = true
    found.add(Buffer.httpMethod, this.openTransaction, true, method.bytes, 0, method.length, !short)
    found.add(Buffer.httpUri, this.openTransaction, true, uri.bytes, 0, uri.length, !short)
  }

  #endHeaders(found: Transactions): boolean {
    const request = this.#request
    request.endHeaders()
    const { host, body, failed } = request
    if (failed) {
      found.withdraw(this.openTransaction)
      return false
    }
    const hasBody = body === Body.chunked || (body === Body.length && request.length > 0)
    if (host.length > 0)
      found.add(Buffer.httpHost, this.openTransaction, true, host.bytes, 0, host.length, hasBody)
    if (request.isConnect) this.#end(At.ignored)
    else if (body === Body.chunked) this.#at = At.chunkSize
    else if (body === Body.length && request.length > 0) {
      this.#left = request.length
      this.#at = At.body
    } else this.#at = At.after
    return request.isConnect || body !== Body.invalid
  }

  #startChunk(line: Uint8Array, from: number, to: number): boolean {
    let at = from
    while (at < to && isSpace(line[at] ?? 0)) at++
    let size = 0
    const first = at
    for (; at < to && hexDigit(line[at] ?? 0) >= 0; at++) {
      size = size * 16 + hexDigit(line[at] ?? 0)
      if (size > 0x7fffffff) return false
    }
    if (at === first) return false
    this.#left = size
    this.#at = size > 0 ? At.chunk : At.trailers
    return true
  }
}

/** CRLF or LF alone. */
function isEmptyLine(line: Uint8Array, from: number, to: number): boolean {
  return to - from === 1 || (to - from === 2 && line[from] === CR)
}

/** Whether there is anything but a little white space. */
function hasContent(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from > JUNK) return true
  for (let i = from; i < to; i++) if (!isSpace(bytes[i] ?? 0)) return true
  return false
}

function startsWithMethod(line: Uint8Array, from: number, to: number): boolean {
  let start = from
  while (start < to && isSpace(line[start] ?? 0)) start++
  let end = start
  while (end < to && !isSpace(line[end] ?? 0)) end++
  return isMethod(line, start, end)
}
