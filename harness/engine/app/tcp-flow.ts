import { State } from '../record.ts'
import { AppProtocol } from './app-view.ts'
import { makeParser } from './make-parser.ts'
import { Parsed, type Parser, ParserResult } from './parser.ts'
import { Stream } from './stream.ts'
import { Next, TcpDetection } from './tcp-detection.ts'
import { Transactions } from './transactions.ts'

/** Suricata's stream.reassembly.depth. */
export const DEPTH = 1 << 20

/** One for all flows: filled and read within one call. */
const result = new ParserResult()

/**
 * The application layer of one TCP flow at one host: two streams put together, the protocol told from their first bytes, and its parser,
 * called as Suricata 7 calls it inline (app-layer.c, stream-tcp-reassemble.c): with each packet for what that direction has in one
 * piece, without waiting for acknowledgements.
 */
export class TcpFlow {
  readonly toServer = new Stream()
  readonly toClient = new Stream()
  /** Nobody parses any more. */
  disabled = false
  /** Contents are hidden from rules from the next packet on. */
  hidden = false
  /** Rules have looked at that direction since contents are hidden, or with the packet that hid them. */
  seenToServer = false
  seenToClient = false
  /** A parser saw bytes of that direction since the rules last looked at it. */
  updatedToServer = false
  updatedToClient = false
  /** Something was told of the client's transactions that rules have not seen. */
  hasNews = false
  /** A RST came, or may have come before this was begun. */
  mayBeReset = false
  readonly transactions = new Transactions()
  /** Sequence numbers of the first byte of the client and of the server. */
  clientStart = 0
  serverStart = 0
  /** The flow came by sharing: a direction starts with the first segment of it that this host sees. */
  awaitsClientStart = false
  awaitsServerStart = false
  /** Up to where the peer has acknowledged each direction, as stream positions. To be set before `update`. */
  clientAcked = 0
  serverAcked = 0
  /** `size` as it was counted last. */
  counted = 0
  readonly #detection: TcpDetection
  readonly #parses: number
  #parser: Parser | undefined
  /** Which direction the last call of a parser was for, within the current packet: 0 none, 1 to server, 2 to client. */
  #parsed = 0
  #established = false
  /** Bytes at the start of a direction that are being looked at where they arrived. */
  readonly #direct: [number, number] = [0, 0]

  /** The first three are those of `TcpDetection`; `parses`: bit `1 << protocol` of those whose bytes anybody wants to be read; of the others the name is enough. */
  constructor(port: number, pickUp: boolean, midstream: boolean, parses: number) {
    this.#parses = parses
    this.#detection = new TcpDetection(port, pickUp, midstream)
  }

  /** An `AppProtocol` code. */
  get protocol(): number {
    return this.#detection.protocol
  }

  get parser(): Parser | undefined {
    return this.#parser
  }

  /** What was told can change no more: a parser has seen bytes, or all hope is gone. */
  get settled(): boolean {
    return this.disabled || (this.#detection.isParsed && this.protocol !== AppProtocol.unknown)
  }

  /** Rules will look at no stream any more. */
  get unseen(): boolean {
    return this.hidden && this.seenToServer && this.seenToClient
  }

  /** Whether more bytes of the direction to the server may still tell the protocol. */
  get awaitsClient(): boolean {
    return !this.disabled && this.#detection.awaitsClient
  }

  get clientDone(): boolean {
    return this.disabled || this.#detection.isDone(true)
  }

  get serverDone(): boolean {
    return this.disabled || this.#detection.isDone(false)
  }

  /** Bytes of memory held. */
  get size(): number {
    return this.toServer.size + this.toClient.size + this.transactions.size
  }

  /** Gives the memory of the streams back: the flow is not followed any more. */
  release(): void {
    this.toServer.release()
    this.toClient.release()
  }

  /** The flow is known to speak `protocol`, from before this host had it. */
  adopt(protocol: number): void {
    this.#detection.adopt(protocol)
    this.#parser = makeParser(protocol, true)
  }

  /** The stream position of a sequence number. */
  positionOf(toServer: boolean, seq: number): number {
    if (toServer) {
      if (this.awaitsClientStart) this.clientStart = seq
      this.awaitsClientStart = false
      return (seq - this.clientStart) | 0
    }
    if (this.awaitsServerStart) this.serverStart = seq
    this.awaitsServerStart = false
    return (seq - this.serverStart) | 0
  }

  /**
   * Does what `add` and `update` do for a segment that comes next, where nothing is held and nothing waits for the other direction: without
   * copying it, but for what is left over. False, and nothing done, where that is not so.
   */
  pass(
    toServer: boolean,
    position: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    state: number,
  ): boolean {
    const stream = toServer ? this.toServer : this.toClient
    const length = to - from
    if (this.disabled || stream.full || position !== stream.progress || position !== stream.start)
      return false
    if (stream.end > position || length <= 0 || length < stream.required || position + length > DEPTH)
      return false
    this.#detection.noteData(toServer)
    if (this.#detection.otherCameFirst(toServer)) return false
    this.#parsed = 0
    this.#established = state >= State.established
    this.#direct[toServer ? 0 : 1] = length
    stream.required = 0
    this.#handle(toServer, stream, bytes, from, length)
    this.#direct[toServer ? 0 : 1] = 0
    this.#noteUpdate()
    const { progress } = stream
    stream.pass(progress)
    if (progress < position + length) stream.insert(progress, bytes, from + progress - position, to)
    return true
  }

  /** Adds a segment of that direction; false where it is not taken. Call `update` then. */
  add(toServer: boolean, position: number, bytes: Uint8Array, from: number, to: number): boolean {
    const stream = toServer ? this.toServer : this.toClient
    this.#detection.noteData(toServer)
    if (stream.full) return false
    if (position + to - from > DEPTH) {
      stream.full = true
      return false
    }
    if (position + to - from > 0) stream.insert(position, bytes, from, to)
    return true
  }

  /**
   * Lets the parser have what a direction has. Afterwards `updatedToServer` and `updatedToClient` say which direction the rules
   * have something new in. `state`: the session's, after the packet.
   */
  update(toServer: boolean, state: number): void {
    const { end, progress } = toServer ? this.toServer : this.toClient
    this.#parsed = 0
    this.#established = state >= State.established
    if (end > progress) this.#deliver(toServer)
    // The end of a connection makes the rules look once more at what they have not seen.
    else if (state >= State.closing && !this.disabled && this.#parser !== undefined)
      this.#parsed = toServer ? 1 : 2
    this.#noteUpdate()
  }

  #noteUpdate(): void {
    if (this.#parsed === 1) this.updatedToServer = true
    else if (this.#parsed === 2) this.updatedToClient = true
  }

  #deliver(toServer: boolean): void {
    const acked = toServer ? this.clientAcked : this.serverAcked
    const stream = toServer ? this.toServer : this.toClient
    if (this.disabled || !stream.started) return
    for (;;) {
      const before = stream.progress
      if (stream.find(before)) {
        const { foundLength } = stream
        if (foundLength < stream.required) {
          // What is missing behind it has arrived at the peer: the message will never be whole.
          const end = before + foundLength
          if (acked <= end || stream.find(end) || stream.foundLength === 0) return
          stream.progress = end
          stream.required -= foundLength
          continue
        }
        stream.required = 0
        this.#handle(toServer, stream, stream.bytes, stream.foundAt, foundLength)
      } else {
        if (stream.foundLength === 0 || acked <= before) return
        stream.required = Math.max(0, stream.required - stream.foundLength)
        if (!this.#skip(toServer, stream, stream.foundLength)) return
      }
      if (this.disabled || stream.progress === before) return
    }
  }

  /** Bytes are missing that the peer has: they will not come. False where nobody can go on. */
  #skip(toServer: boolean, stream: Stream, length: number): boolean {
    if (!this.#detection.skip(toServer)) return false
    this.#parsed = toServer ? 1 : 2
    if (this.#parser?.skip(toServer, length) === Parsed.error) this.disabled = true
    stream.progress += length
    return !this.disabled
  }

  /** New bytes of a direction: detection first, unless it is over; then the parser. */
  #handle(toServer: boolean, stream: Stream, bytes: Uint8Array, from: number, length: number): void {
    if (this.#detection.isAsked(toServer)) this.#detect(toServer, stream, bytes, from, length)
    else if (this.protocol !== AppProtocol.unknown) this.#parse(toServer, stream, bytes, from, length)
  }

  #detect(toServer: boolean, stream: Stream, bytes: Uint8Array, from: number, length: number): void {
    const detection = this.#detection
    let next: number
    if (detection.look(toServer, bytes, from, from + length)) {
      if (detection.otherCameFirst(toServer)) this.#deliver(!toServer)
      // A parser that fails at that is called once more all the same.
      if (this.disabled && this.#parser === undefined) return
      next = detection.begin(toServer)
    } else {
      const sent = Math.max(this.toServer.fromStart, this.#direct[0])
      const answered = Math.max(this.toClient.fromStart, this.#direct[1])
      next = detection.goOn(toServer, length > 0, this.#established, sent, answered)
    }
    if (next === Next.giveUp) this.#giveUp()
    else if (next === Next.parse) this.#parse(toServer, stream, bytes, from, length)
  }

  #giveUp(): void {
    this.disabled = true
    this.#detection.giveUp()
    this.#parser = undefined
  }

  #parse(toServer: boolean, stream: Stream, bytes: Uint8Array, from: number, length: number): void {
    if (this.#parser === undefined && (this.#parses & (1 << this.protocol)) !== 0)
      this.#parser = makeParser(this.protocol, true)
    const parser = this.#parser
    if (parser === undefined) {
      this.disabled = true
      return
    }
    result.hidden = false
    result.finished = false
    result.untouched = false
    const outcome = parser.parse(toServer, bytes, from, from + length, this.transactions, result)
    if (toServer && !result.untouched) this.hasNews = true
    if (!toServer || this.hasNews) this.#parsed = toServer ? 1 : 2
    if (result.hidden || result.finished) this.hidden = true
    if (outcome === Parsed.error || result.finished) this.disabled = true
    if (outcome === Parsed.some) {
      stream.progress += result.consumed
      stream.required = result.needed
    } else stream.progress += length
  }
}
