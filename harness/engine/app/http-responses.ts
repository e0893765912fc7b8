import { CR, indexIn, isBlank, LF } from './characters.ts'
import { Answer, Asked } from './http-answer.ts'
import { ConnectState } from './http-connect.ts'
import { contains, HttpHeaders, isFold, readLength } from './http-headers.ts'
import {
  chomp,
  isBodiless,
  isEmptyLine,
  isLikeResponse,
  isVersion11,
  isWhite,
  MAX_LINE,
  readChunkSize,
  readStatus,
} from './http-lines.ts'
import { LineInHand } from './line-in-hand.ts'

/** What the next byte belongs to. */
const At = {
  idle: 0,
  line: 1,
  headers: 2,
  body: 3,
  chunkSize: 4,
  chunk: 5,
  chunkEnd: 6,
  trailers: 7,
  /** Between responses, within data that came at once: the next response, or more body. */
  after: 8,
  /** Everything is body, up to the end of the connection. */
  endless: 9,
} as const

const Header = { contentLength: 0, transferEncoding: 1, contentType: 2 } as const
const HEADERS = ['content-length', 'transfer-encoding', 'content-type'] as const
const CREDENTIALS_WANTED = 407
/** Where more requests than this wait for their response, responses are no longer followed. */
const MAX_WAITING = 512

/**
 * Where the responses of a connection begin and end, as libhtp finds it (htp_response.c). Their contents do not matter, but which request each
 * of them answers does.
 */
export class HttpResponses {
  /** Offset at which `read` is to be continued. */
  next = 0
  readonly connect = new ConnectState()
  /** The last request will never be answered. */
  #isUnheard = false
  #at: number = At.idle
  /** For each request that waits for its response, in order, its `Asked` bits; then those of the one that is being answered. */
  readonly #waiting: number[] = []
  #asked = 0
  #completed = 0
  /** libhtp stays at a response, and the rest of the data is lost. */
  #isLeft = false
  #status = 0
  /** Bytes of body or chunk still to come. */
  #left = 0
  readonly #headers = new HttpHeaders(HEADERS)
  readonly #line = new LineInHand()

  /** Nothing that comes will matter. */
  get isOver(): boolean {
    return this.#at === At.endless
  }

  /** The response that comes may be the one that makes a tunnel, as only the first can. */
  get isFirst(): boolean {
    return this.#completed === 0
  }

  get #isIdle(): boolean {
    return this.#at === At.idle
  }

  /** A request has begun. */
  noteRequest(): void {
    if (this.isOver) this.#isUnheard = true
    else if (this.#waiting.push(0) > MAX_WAITING) this.#at = At.endless
  }

  /** Something is known of the last request: `Asked` bits. */
  tell(bits: number): void {
    const last = this.#waiting.length - 1
    if (last >= 0) this.#waiting[last] = (this.#waiting[last] ?? 0) | bits
    else this.#asked |= bits
    if ((bits & Asked.connect) === 0) return
    this.connect.status = last >= 0 || this.#isUnheard || this.#at === At.line ? -1 : this.#status
  }

  /** Reads on to the first event, an `Answer`, or to the end of what has come; `next` then says how far. */
  read(bytes: Uint8Array, from: number, to: number): number {
    this.next = from
    this.#isLeft = false
    let answer: number = Answer.nothing
    while (this.next < to && answer === Answer.nothing) answer = this.#step(bytes, this.next, to)
    if (this.next < to || this.#isLeft || this.#at !== At.after || this.#line.held.length > 0) return answer
    const last = this.#complete()
    return last === Answer.nothing ? answer : last
  }

  /** This many bytes are missing here; where libhtp cannot continue after them, it does as if there were none. */
  skip(length: number): number {
    if (this.connect.isGone) return Answer.failed
    if (this.#at === At.body) {
      this.#left = Math.max(0, this.#left - length)
      if (this.#left > 0) return Answer.nothing
    } else if (this.#at !== At.after) return Answer.nothing
    return this.#complete()
  }

  #step(bytes: Uint8Array, at: number, to: number): number {
    // Suricata has freed the transaction that libhtp is at.
    if (this.connect.isGone) return Answer.failed
    switch (this.#at) {
      case At.idle:
        return this.#begin()
      case At.endless:
        this.next = to
        return Answer.nothing
      case At.body:
      case At.chunk: {
        const taken = Math.min(this.#left, to - at)
        this.#left -= taken
        this.next = at + taken
        if (this.#left === 0) this.#at = this.#at === At.body ? At.after : At.chunkEnd
        return Answer.nothing
      }
      default: {
        const line = this.#line
        const isWhole = line.take(bytes, at, this.#endOfLine(bytes, at, to), to)
        this.next = line.next
        if (!isWhole) return line.held.length > MAX_LINE ? Answer.failed : Answer.nothing
        const answer = this.#takeLine(bytes, to)
        line.clear()
        return answer
      }
    }
  }

  /** Lines of the head may end with a CR alone, unless data ends with it. */
  #endOfLine(bytes: Uint8Array, from: number, to: number): number {
    const isLine = this.#at === At.line
    if (!isLine && this.#at !== At.headers && this.#at !== At.trailers) return indexIn(bytes, LF, from, to)
    for (let at = from; at < to; at++) {
      if (bytes[at] === LF) return at
      if (bytes[at] !== CR || at + 1 === to || bytes[at + 1] === LF) continue
      if (isLine || (bytes[at + 1] !== CR && at + this.#line.held.length > from)) return at
    }
    return to
  }

  #takeLine(bytes: Uint8Array, end: number): number {
    const { bytes: line, from, to } = this.#line
    switch (this.#at) {
      case At.line:
        this.#takeStatusLine(end)
        return Answer.nothing
      case At.headers:
      case At.trailers:
        if (!this.#endsHead(bytes, end))
          this.#headers.add(
            line,
            from,
            chomp(line, from, to),
            this.next < end && isFold(bytes[this.next] ?? 0),
          )
        else if (this.#at === At.headers) return this.#endHeaders()
        else {
          this.#headers.end()
          this.#at = At.after
        }
        return Answer.nothing
      case At.chunkSize:
        this.#startChunk(line, from, to)
        return Answer.nothing
      case At.after: {
        if (!isLikeResponse(line, from, to)) return Answer.nothing
        const answer = this.#complete()
        if (this.#isIdle && answer === Answer.nothing) return this.#beginWith(end)
        this.next = end
        this.#isLeft = !this.#isIdle
        return answer
      }
      default:
        this.#at = At.chunkSize
        return Answer.nothing
    }
  }

  #begin(): number {
    const asked = this.#waiting.shift()
    this.#asked = asked ?? 0
    this.#status = 0
    this.connect.begin()
    this.#at = (this.#asked & Asked.short) === 0 ? At.line : At.endless
    return asked === undefined ? Answer.unasked : Answer.nothing
  }

  /** The line has ended one response, and is the first of the next. */
  #beginWith(end: number): number {
    const answer = this.#begin()
    if (this.#at === At.line) this.#takeStatusLine(end)
    return answer
  }

  /** What does not look like a response is body, after which the response is complete. */
  #takeStatusLine(end: number): void {
    const { bytes: line, from, to } = this.#line
    if (isEmptyLine(line, from, to)) return
    const text = chomp(line, from, to)
    if (!isLikeResponse(line, from, text)) {
      if (this.next < end) return
      this.#at = At.after
      if (this.#isAboutTunnel) this.connect.status = 0
      return
    }
    this.#status = readStatus(line, from, text)
    if (this.#isAboutTunnel) this.connect.status = this.#status
    this.#headers.clear(isVersion11(line, from, text))
    this.#at = At.headers
  }

  #endsHead(bytes: Uint8Array, end: number): boolean {
    const { bytes: line, from, to } = this.#line
    if (isEmptyLine(line, from, to)) return true
    const isBlankLine = to - from === 2 && isBlank(line[from] ?? 0)
    return isBlankLine && line[to - 1] === LF && this.next < end && bytes[this.next] !== LF
  }

  #endHeaders(): number {
    const headers = this.#headers
    headers.end()
    const status = this.#status
    const isSized = headers.has(Header.contentLength) || headers.has(Header.transferEncoding)
    const length = headers.has(Header.contentLength) ? readLength(headers.valueOf(Header.contentLength)) : 0
    if (this.#isAboutTunnel && !this.#isTunnelled) this.connect.refuse(status !== CREDENTIALS_WANTED)
    if (this.#isTunnelled) this.#at = At.after
    else if (status === 101 && !isSized) return Answer.upgrade
    else if (status === 100 && !headers.has(Header.transferEncoding) && length <= 0) this.#goOn()
    else if ((this.#asked & Asked.head) !== 0 || (isBodiless(status) && !isSized)) this.#at = At.after
    else if (!this.#startBody(length)) return Answer.failed
    const isRefused = status >= 400 && status <= 499 && (this.#asked & Asked.expectsContinue) !== 0
    return isRefused ? Answer.refused : Answer.nothing
  }

  /** It was but a 100: the response itself is still to come. */
  #goOn(): void {
    this.#at = At.line
    if (this.#isAboutTunnel) this.connect.status = -1
  }

  get #isAboutTunnel(): boolean {
    return (this.#asked & Asked.connect) !== 0
  }

  /** It grants a CONNECT. */
  get #isTunnelled(): boolean {
    return this.#isAboutTunnel && this.#status >= 200 && this.#status <= 299
  }

  /** Returns false if libhtp gives up. */
  #startBody(length: number): boolean {
    const headers = this.#headers
    if (headers.has(Header.transferEncoding) && contains(headers.valueOf(Header.transferEncoding), 'chunked'))
      this.#at = At.chunkSize
    else if (headers.has(Header.contentLength)) {
      this.#left = length
      this.#at = length > 0 ? At.body : At.after
      return length >= 0
    } else {
      this.#at = At.endless
      return !contains(headers.valueOf(Header.contentType), 'multipart/byteranges')
    }
    return true
  }

  #startChunk(line: Uint8Array, from: number, to: number): void {
    if (isWhite(line, from, to)) return
    const size = readChunkSize(line, from, to)
    this.#left = size
    if (size > 0) this.#at = At.chunk
    else this.#at = size === 0 ? At.trailers : At.endless
  }

  /** A tunnel is taken for one by Suricata only where it is the first thing asked for (app-layer-htp.c). */
  #complete(): number {
    const wasComplete = this.connect.isStaying
    this.#at = this.connect.stay(this.#waiting.length === 0) ? At.after : At.idle
    if (wasComplete) return Answer.nothing
    this.#completed++
    return this.#isTunnelled && this.#completed === 1 ? Answer.tunnel : Answer.nothing
  }
}
