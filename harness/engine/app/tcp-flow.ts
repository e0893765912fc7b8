import { State } from '../record.ts'
import { AppProtocol } from './app-view.ts'
import { makeParser } from './make-parser.ts'
import { Parsed, type Parser, ParserResult } from './parser.ts'
import { Stream } from './stream.ts'
import { StreamStarts } from './stream-starts.ts'
import { Next, TcpDetection } from './tcp-detection.ts'
import { Transactions } from './transactions.ts'
import { Updates } from './updates.ts'

/** Suricata's stream.reassembly.depth. */
export const DEPTH = 1 << 20

/** Shared by all flows: filled and read within one call. */
const result = new ParserResult()

/**
 * The application layer of one TCP flow at one host: its two reassembled streams, the detection of the protocol from their first bytes, and
 * its parser, called as Suricata 7 calls it inline (app-layer.c, stream-tcp-reassemble.c): with each packet, for the contiguous data of its
 * direction, without waiting for acknowledgements.
 */
export class TcpFlow {
  readonly toServer = new Stream()
  readonly toClient = new Stream()
  /** Parsing has ended. */
  disabled = false
  /** Contents are hidden from rules from the next packet on. */
  hidden = false
  /** Rules have inspected that direction since contents are hidden, or with the packet that hid them. */
  seenToServer = false
  seenToClient = false
  readonly updates = new Updates()
  /** A RST came, or may have come before this state began. */
  mayBeReset = false
  readonly transactions = new Transactions()
  readonly starts = new StreamStarts()
  /** `size` when it was last counted. */
  counted = 0
  #detection: TcpDetection
  readonly #parses: number
  #parser: Parser | undefined
  #established = false
  #closed = false
  /** A tunnel has begun, to this port (0: unknown), and it is not known yet what is spoken in it; -1: none has. */
  #tunnelPort = -1
  /** The number of bytes at the start of a direction that are inspected in place, without a copy. */
  readonly #direct: [number, number] = [0, 0]

  /**
   * The first three are those of `TcpDetection`. `parses`: bit `1 << protocol` for those that need a parser; for the others the name
   * is enough.
   */
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

  /** The protocol is final: a parser has seen bytes, or detection has failed. */
  get settled(): boolean {
    if (this.disabled) return true
    return this.#detection.isParsed && this.protocol !== AppProtocol.unknown && !this.isInTunnel
  }

  /** What comes may be of another protocol, or will be found to be. */
  get mayChange(): boolean {
    return this.isInTunnel || (!this.disabled && this.#parser?.mayTunnel === true)
  }

  /** Another protocol is looked for inside a tunnel; until one is found the flow keeps its own. */
  get isInTunnel(): boolean {
    return this.#tunnelPort >= 0 && !this.disabled
  }

  /** Rules will inspect no stream any more. */
  get unseen(): boolean {
    return this.hidden && this.seenToServer && this.seenToClient
  }

  /** Whether more bytes to the server may still determine the protocol. */
  get awaitsClient(): boolean {
    return !this.disabled && this.#detection.awaitsClient
  }

  /** Whether that direction will determine nothing more. */
  isDone(toServer: boolean): boolean {
    return this.disabled || this.#detection.isDone(toServer)
  }

  /** Bytes of memory held. */
  get size(): number {
    return this.toServer.size + this.toClient.size + this.transactions.size
  }

  /** Returns the memory of the streams: the flow is no longer followed. */
  release(): void {
    this.toServer.release()
    this.toClient.release()
  }

  /** The flow's protocol is known from before this host had the flow. */
  adopt(protocol: number): void {
    this.#detection.adopt(protocol)
    this.#parser = makeParser(protocol, true, true)
  }

  /**
   * Does what `add` and `update` do for a segment that comes next, if nothing is held and nothing waits for the other direction: without
   * copying it, except for the remainder. Otherwise does nothing and returns false.
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
    this.#begin(state)
    this.#direct[toServer ? 0 : 1] = length
    stream.required = 0
    this.#handle(toServer, stream, bytes, from, length)
    this.#direct[toServer ? 0 : 1] = 0
    this.updates.end()
    const { progress } = stream
    stream.pass(progress)
    if (progress < position + length) stream.insert(progress, bytes, from + progress - position, to)
    return true
  }

  /** Adds a segment of that direction; returns false if it is not taken. Call `update` then. */
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

  /** Passes the data of a direction to the parser; then `updates` says where rules have new data. `state`: the session's, after the packet. */
  update(toServer: boolean, state: number): void {
    const { end, progress } = toServer ? this.toServer : this.toClient
    this.#begin(state)
    if (end > progress) this.#deliver(toServer)
    // The end of a connection makes the rules inspect once more what they have not seen.
    else if (this.isInTunnel) {
      if (this.#closed) this.#giveUp()
    } else if (state >= State.closing && !this.disabled && this.#parser !== undefined)
      this.updates.noteLook(toServer)
    this.updates.end()
  }

  #begin(state: number): void {
    this.updates.begin()
    this.#established = state >= State.established
    this.#closed = state === State.closed
  }

  #deliver(toServer: boolean): void {
    const stream = toServer ? this.toServer : this.toClient
    const { acked } = stream
    if (this.disabled || !stream.started) return
    for (;;) {
      const before = stream.progress
      if (stream.find(before)) {
        const { foundLength } = stream
        if (foundLength < stream.required) {
          // The data missing after this has reached the peer and will not come here: the message will never be complete.
          const end = before + foundLength
          if (acked <= end || stream.find(end) || stream.foundLength === 0) return
          stream.progress = end
          stream.required -= foundLength
          continue
        }
        stream.required = 0
        this.#handle(toServer, stream, stream.bytes, stream.foundAt, foundLength)
        // What follows in a tunnel that has begun is looked at with the next packet, unless bytes before it are lost.
        if (this.isInTunnel) return
      } else {
        if (stream.foundLength === 0 || acked <= before) return
        stream.required = Math.max(0, stream.required - stream.foundLength)
        if (!this.#skip(toServer, stream, stream.foundLength)) return
      }
      if (this.disabled || stream.progress === before) return
    }
  }

  /** Bytes are missing that the peer has: they will not come. Returns false if neither detection nor parser can continue. */
  #skip(toServer: boolean, stream: Stream, length: number): boolean {
    if (!this.#detection.skip(toServer)) return false
    // Suricata cannot look for another protocol across a gap, and has closed the parser of this one.
    if (this.isInTunnel) {
      this.disabled = true
      return false
    }
    result.clear()
    const outcome = this.#useParser()?.skip(toServer, length, this.transactions, result)
    if (outcome === Parsed.error) this.disabled = true
    this.#noteParsed(toServer)
    stream.progress += length
    return !this.disabled
  }

  /** Passes new bytes of a direction to detection, unless that is over, and then to the parser. */
  #handle(toServer: boolean, stream: Stream, bytes: Uint8Array, from: number, length: number): void {
    if (this.isInTunnel) this.#lookIntoTunnel(toServer, stream, bytes, from, length)
    else if (this.#detection.isAsked(toServer)) this.#detect(toServer, stream, bytes, from, length)
    else if (this.protocol !== AppProtocol.unknown) this.#parse(toServer, stream, bytes, from, length)
  }

  #detect(toServer: boolean, stream: Stream, bytes: Uint8Array, from: number, length: number): void {
    const detection = this.#detection
    let next: number
    if (detection.look(toServer, bytes, from, from + length)) {
      if (detection.otherCameFirst(toServer)) this.#deliver(!toServer)
      // A parser that fails on it is still called once more.
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

  /** What is not recognised is looked at once more with what comes behind it. */
  #lookIntoTunnel(toServer: boolean, stream: Stream, bytes: Uint8Array, from: number, length: number): void {
    const port = this.#tunnelPort
    const inside = this.#detection.lookInside(port, toServer, bytes, from, from + length, this.#closed)
    if (inside === undefined) return
    this.#tunnelPort = -1
    this.#detection = inside
    this.#parser = undefined
    this.transactions.clear()
    if (inside.protocol === AppProtocol.failed) this.#giveUp()
    else this.#parse(toServer, stream, bytes, from, length)
  }

  #giveUp(): void {
    this.disabled = true
    this.#detection.giveUp()
    this.#parser = undefined
    this.transactions.clear()
  }

  #parse(toServer: boolean, stream: Stream, bytes: Uint8Array, from: number, length: number): void {
    const parser = this.#useParser()
    if (parser === undefined) {
      this.disabled = true
      return
    }
    result.clear()
    const outcome = parser.parse(toServer, bytes, from, from + length, this.transactions, result)
    this.#noteParsed(toServer)
    if (result.hidden || result.finished) this.hidden = true
    if (result.finished) this.transactions.clear()
    if (outcome === Parsed.error || result.finished) this.disabled = true
    if (outcome === Parsed.some) {
      stream.progress += result.consumed
      stream.required = result.needed
    } else stream.progress += length
  }

  /** The parser, made when it is first called; undefined if the protocol needs none. */
  #useParser(): Parser | undefined {
    if (this.#parser === undefined && (this.#parses & (1 << this.protocol)) !== 0)
      this.#parser = makeParser(this.protocol, true)
    return this.#parser
  }

  /** After a call of the parser, which has filled `result`. */
  #noteParsed(toServer: boolean): void {
    this.#tunnelPort = result.tunnelPort
    this.updates.noteParsed(toServer, result.untouched)
  }
}
