import { Buffer } from './app-view.ts'
import { indexIn, LF } from './characters.ts'
import { Answer, Asked } from './http-answer.ts'
import { isFold } from './http-headers.ts'
import { chomp, isEmptyLine, isWhite, JUNK, MAX_LINE, readChunkSize, startsWithMethod } from './http-lines.ts'
import { Body, Request } from './http-request.ts'
import { HttpResponses } from './http-responses.ts'
import { LineInHand } from './line-in-hand.ts'
import { Parsed, type Parser, type ParserResult } from './parser.ts'
import type { Transactions } from './transactions.ts'

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
  /** What follows is no request. */
  ignored: 9,
  /** After a CONNECT, until the server has answered: it is not read. */
  connect: 10,
  /** After a CONNECT that was granted: a request, or what is no HTTP. */
  tunnel: 11,
  /** After a request of HTTP 0.9: whatever comes is an error, except after a response without request. */
  spent: 12,
} as const

/**
 * The requests of HTTP 0.9 … 1.1 on a connection, as libhtp reads them. Method and URI are available with the first byte after the
 * request line, the host with the end of the headers. Of responses only where each begins and ends is read, since one without a request counts
 * as a request.
 */
export class HttpParser implements Parser {
  #at: number = At.idle
  /** Number of the request that is read. */
  #transaction = 0
  /** So many requests before this one were completed by responses, which the rules have not seen yet. */
  #lingering = 0
  readonly #line = new LineInHand()
  readonly #request = new Request()
  /** The first request is a CONNECT (undefined before its line), to this port, which its headers complete. */
  #beganWithConnect: boolean | undefined
  #connectPort = 0
  /** Bytes of body or chunk still to come. */
  #left = 0
  /** Some bytes updated a request. */
  #touched = false
  readonly #responses: HttpResponses | undefined
  /** Method and URI of the request have been passed on. */
  #announced = true

  /** `begun`: requests may have come before. */
  constructor(begun: boolean) {
    this.#responses = begun ? undefined : new HttpResponses()
  }

  reads(toServer: boolean): boolean {
    if (this.#at === At.ignored) return toServer && this.#lingering > 0
    return toServer || this.#responses?.isOver === false
  }

  get openTransaction(): number {
    return this.#transaction - this.#lingering
  }

  get mayTunnel(): boolean {
    return this.#beganWithConnect !== false && this.#responses?.isFirst === true
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
    if (!toServer) return this.#readResponses(bytes, from, to, result)
    this.#touched = this.#lingering > 0
    const outcome = this.#read(bytes, from, to, found)
    this.#lingering = 0
    result.untouched = !this.#touched
    return outcome
  }

  #read(bytes: Uint8Array, from: number, to: number, found: Transactions): number {
    let at = from
    while (at < to) {
      if (this.#at === At.connect && !this.#isAnswered()) return this.#wait(true)
      if (this.#at === At.ignored) return Parsed.all
      if (this.#at === At.spent) return Parsed.error
      if (this.#at === At.idle) this.#begin()
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
      const line = this.#line
      if (!line.take(bytes, at, indexIn(bytes, LF, at, to), to))
        return this.#isTooMuch() ? Parsed.error : Parsed.all
      at = line.next
      if (!this.#takeLine(bytes, at, to, found)) return Parsed.error
      line.clear()
      // libhtp leaves what came with a CONNECT, whether it is answered or not.
      if (this.#at === At.connect) return this.#wait(at < to)
    }
    if (this.#at === At.after && this.#line.held.length === 0) this.#complete(At.idle, found)
    return Parsed.all
  }

  #readResponses(bytes: Uint8Array, from: number, to: number, result: ParserResult): number {
    const responses = this.#responses
    for (let at = from; at < to && this.#at !== At.ignored && responses !== undefined; at = responses.next)
      if (!this.#heed(responses.read(bytes, at, to), result)) return Parsed.error
    return Parsed.all
  }

  /** Does what an `Answer` says; returns false if libhtp gives up. */
  #heed(answer: number, result: ParserResult): boolean {
    if (answer === Answer.tunnel) result.tunnelPort = this.#connectPort
    if (answer === Answer.unasked) {
      // It is a request of its own, and what the client says next is its body, up to a known method (libhtp, htp_response.c).
      if (this.#at === At.after) this.#lingering++
      if (this.#at !== At.idle) this.#transaction++
      if (this.#at === At.chunkEnd) this.#line.clear()
      this.#announced = true
      this.#request.short = false
      this.#at = At.after
    } else if (answer === Answer.upgrade || answer === Answer.tunnel) this.#at = At.ignored
    else if (answer === Answer.refused && this.#at === At.body && this.#left === this.#request.length)
      this.#at = At.after
    return answer !== Answer.failed
  }

  skip(toServer: boolean, length: number, found: Transactions, result: ParserResult): number {
    if (!toServer)
      return this.#heed(this.#responses?.skip(length) ?? Answer.nothing, result) ? Parsed.all : Parsed.error
    if (this.#at === At.spent) return Parsed.error
    this.#touched = this.#at === At.body
    if (this.#at === At.body) {
      this.#left = Math.max(0, this.#left - length)
      if (this.#left === 0) this.#end(At.idle)
    } else if (this.#at === At.after) this.#complete(At.idle, found)
    result.untouched = !this.#touched
    return Parsed.all
  }

  /** Returns false if libhtp gives up. `rest` … `end` is the data directly after the line. */
  #takeLine(bytes: Uint8Array, rest: number, end: number, found: Transactions): boolean {
    const { bytes: line, from, to } = this.#line
    switch (this.#at) {
      case At.line:
        if (!isEmptyLine(line, from, to)) this.#startRequest(bytes, rest, end)
        return true
      case At.after:
        // What is no request counts as body, up to a bare LF.
        this.#touched = true
        if (!this.#announced) this.#announce(found)
        if (to - from > 1 && !startsWithMethod(line, from, to)) return true
        this.#complete(At.line, found)
        if (to - from > 1 && !this.#request.short) this.#startRequest(bytes, rest, end)
        return true
      case At.tunnel:
        if (!startsWithMethod(line, from, to)) this.#at = At.ignored
        else {
          this.#complete(At.line, found)
          this.#startRequest(bytes, rest, end)
        }
        return true
      case At.headers:
        if (isEmptyLine(line, from, to)) return this.#endHeaders(found)
        this.#request.addHeader(line, from, chomp(line, from, to), rest === end || isFold(bytes[rest] ?? 0))
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

  /** A request begins, or at least something that a response may answer. */
  #begin(): void {
    this.#at = At.line
    this.#responses?.noteRequest()
  }

  /** The client's data, or that behind a CONNECT, is lost until there is an answer; `isHeld`: there is such data. */
  #wait(isHeld: boolean): number {
    this.#responses?.connect.hold(isHeld)
    return Parsed.all
  }

  /** Whether what follows a CONNECT may be read. */
  #isAnswered(): boolean {
    const status = this.#responses?.connect.goOn() ?? -1
    if (status >= 0) this.#at = status >= 200 && status <= 299 ? At.tunnel : At.after
    return status >= 0
  }

  /** Whether what is held of a line is too long for one; a tunnel's first line may end with a zero. */
  #isTooMuch(): boolean {
    const { bytes, length } = this.#line.held
    if (this.#at === At.tunnel && indexIn(bytes, 0, 0, length) < length) this.#at = At.ignored
    return length > MAX_LINE
  }

  #startRequest(bytes: Uint8Array, rest: number, end: number): void {
    const request = this.#request
    const { bytes: line, from, to } = this.#line
    request.readLine(line, from, chomp(line, from, to))
    this.#at = At.headers
    this.#beganWithConnect ??= request.isConnect
    this.#announced = false
    if (request.short) request.short = end - rest <= JUNK && isWhite(bytes, rest, end)
    this.#responses?.tell(
      (request.isHead ? Asked.head : 0) |
        (request.isConnect ? Asked.connect : 0) |
        (request.short ? Asked.short : 0),
    )
    if (request.short) this.#at = At.after
  }

  /** Ends a request with `next`; one of HTTP 0.9 with nothing that matters. */
  #complete(next: number, found: Transactions): void {
    if (!this.#announced) this.#announce(found)
    this.#end(this.#request.short ? At.spent : next)
  }

  /** The request is complete, including its body: with this packet it is inspected for the last time. */
  #end(next: number): void {
    this.#transaction++
    this.#touched = true
    if (this.#request.isConnect) this.#responses?.connect.noteOver()
    if (next === At.line) this.#begin()
    else this.#at = next
  }

  /**
   * Rules see the request line with the first byte of what follows it, which is when Suricata inspects it again. Without headers it is
   * not over yet, so that a match is remembered.
   */
  #announce(found: Transactions): void {
    const { method, uri, short } = this.#request
    this.#announced = true
    found.add(Buffer.httpMethod, this.#transaction, true, method.bytes, 0, method.length, !short)
    found.add(Buffer.httpUri, this.#transaction, true, uri.bytes, 0, uri.length, !short)
  }

  #endHeaders(found: Transactions): boolean {
    const request = this.#request
    request.endHeaders()
    const { host, body, failed } = request
    if (failed) {
      found.withdraw(this.#transaction)
      return false
    }
    const isSized = body === Body.chunked || (body === Body.length && request.length > 0)
    const hasBody = isSized && !request.isConnect
    if (host.length > 0)
      found.add(Buffer.httpHost, this.#transaction, true, host.bytes, 0, host.length, hasBody)
    if (request.expectsContinue) this.#responses?.tell(Asked.expectsContinue)
    if (this.#transaction === 0) this.#connectPort = request.port
    if (request.isConnect) this.#at = this.#responses === undefined ? At.ignored : At.connect
    else if (body === Body.chunked) this.#at = At.chunkSize
    else if (body === Body.length && request.length > 0) {
      this.#left = request.length
      this.#at = At.body
    } else this.#at = At.after
    return request.isConnect || body !== Body.invalid
  }

  #startChunk(line: Uint8Array, from: number, to: number): boolean {
    const size = readChunkSize(line, from, to)
    if (size < 0) return false
    this.#left = size
    this.#at = size > 0 ? At.chunk : At.trailers
    return true
  }
}
