import { State } from '../record.ts'
import { AppProtocol } from './app-view.ts'
import { Detection } from './detection.ts'
import { makeParser } from './make-parser.ts'
import { Parsed, type Parser, ParserResult } from './parser.ts'
import { Stream } from './stream.ts'
import { Transactions } from './transactions.ts'

/** Suricata's stream.reassembly.depth. */
export const DEPTH = 1 << 20
/** Detection is given up when one side has sent so much that nothing told it (Suricata 7, app-layer.c, TCPProtoDetectCheckBailConditions). */
const MAX_UNKNOWN = 100_000

/** Which direction sent data first. */
const First = { nobody: 0, client: 1, server: 2, parsed: 3 } as const

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
  /** An `AppProtocol` code. */
  protocol: number = AppProtocol.unknown
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
  readonly #client = new Detection()
  readonly #server = new Detection()
  readonly #port: number
  readonly #pickUp: boolean
  /** The session was picked up midstream, not on a SYN-ACK. */
  readonly #midstream: boolean
  readonly #parses: number
  #first: number = First.nobody
  #parser: Parser | undefined
  /** Which direction the last call of a parser was for, within the current packet: 0 none, 1 to server, 2 to client. */
  #parsed = 0
  #established = false
  /** Bytes at the start of a direction that are being looked at where they arrived. */
  readonly #direct: [number, number] = [0, 0]

  /** `parses`: bit `1 << protocol` of those whose bytes anybody wants to be read; of the others the name is enough. */
  constructor(port: number, pickUp: boolean, midstream: boolean, parses: number) {
    this.#parses = parses
    this.#port = port
    this.#pickUp = pickUp
    this.#midstream = midstream
  }

  get parser(): Parser | undefined {
    return this.#parser
  }

  /** What was told can change no more: a parser has seen bytes, or all hope is gone. */
  get settled(): boolean {
    return this.disabled || (this.#first === First.parsed && this.protocol !== AppProtocol.unknown)
  }

  /** Rules will look at no stream any more. */
  get unseen(): boolean {
    return this.hidden && this.seenToServer && this.seenToClient
  }

  /** Whether more bytes of the direction to the server may still tell the protocol. */
  get awaitsClient(): boolean {
    return !this.disabled && this.protocol === AppProtocol.unknown && !this.#client.exhausted
  }

  get clientDone(): boolean {
    return this.disabled || this.#client.completed
  }

  get serverDone(): boolean {
    return this.disabled || this.#server.completed
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
    this.protocol = protocol
    this.#client.protocol = protocol
    this.#server.protocol = protocol
    this.#client.completed = true
    this.#server.completed = true
    this.#first = First.parsed
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
    const own = toServer ? First.client : First.server
    const length = to - from
    if (this.disabled || stream.full || position !== stream.progress || position !== stream.start)
      return false
    if (stream.end > position || length <= 0 || length < stream.required || position + length > DEPTH)
      return false
    if (this.#first === First.nobody) this.#first = own
    if (this.#first !== own && this.#first !== First.parsed) return false
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
    if (this.#first === First.nobody) this.#first = toServer ? First.client : First.server
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
    const detection = toServer ? this.#client : this.#server
    if (detection.protocol === AppProtocol.unknown) {
      detection.completed = true
      if (this.protocol === AppProtocol.unknown) return false
    }
    this.#parsed = toServer ? 1 : 2
    if (this.#parser?.skip(toServer, length) === Parsed.error) this.disabled = true
    stream.progress += length
    return !this.disabled
  }

  /** New bytes of a direction: detection first, unless it is over; then the parser. */
  #handle(toServer: boolean, stream: Stream, bytes: Uint8Array, from: number, length: number): void {
    const detection = toServer ? this.#client : this.#server
    if (detection.protocol === AppProtocol.unknown && !detection.completed)
      this.#detect(toServer, stream, bytes, from, length)
    else if (this.protocol !== AppProtocol.unknown) this.#parse(toServer, stream, bytes, from, length)
  }

  #detect(toServer: boolean, stream: Stream, bytes: Uint8Array, from: number, length: number): void {
    const own = toServer ? this.#client : this.#server
    const other = toServer ? this.#server : this.#client
    const told = own.look(toServer, bytes, from, from + length, this.#port, other, this.#pickUp)
    if (told === AppProtocol.unknown) {
      this.#undetected(toServer, stream, bytes, from, length)
      return
    }
    own.protocol = told
    this.#settle(toServer, told, other)
    own.completed = true
    const first = this.#first
    const otherCameFirst = first !== First.parsed && first !== (toServer ? First.client : First.server)
    if (otherCameFirst && first !== First.nobody) this.#deliver(!toServer)
    if (this.disabled) return
    if (this.#first !== First.parsed && clientSpeaksFirst(this.protocol)) {
      if (this.#first !== First.client) {
        this.#giveUp()
        return
      }
      if (!toServer) {
        own.completed = false
        own.patternsDone = false
        own.probesDone = false
        return
      }
    }
    this.#first = First.parsed
    this.#parse(toServer, stream, bytes, from, length)
  }

  /** The protocol of the flow, where one direction has just told its own: that of what was parsed, or else the server's word. */
  #settle(toServer: boolean, told: number, other: Detection): void {
    const mismatch = other.protocol !== AppProtocol.unknown && other.protocol !== told
    this.protocol = mismatch && (this.#first === First.parsed || toServer) ? other.protocol : told
  }

  /** The bytes of this direction do not tell (yet). */
  #undetected(toServer: boolean, stream: Stream, bytes: Uint8Array, from: number, length: number): void {
    const own = toServer ? this.#client : this.#server
    const other = toServer ? this.#server : this.#client
    if (this.#midstream && this.#client.exhausted) {
      this.#giveUp()
      return
    }
    if (other.protocol === AppProtocol.unknown) {
      if (this.#established) this.#bailOut()
      return
    }
    if (this.#first !== First.parsed && clientSpeaksFirst(other.protocol) && !toServer) {
      this.#giveUp()
      return
    }
    if (!own.exhausted) return
    if (length > 0) this.#first = First.parsed
    if (other.protocol !== AppProtocol.failed) this.#parse(toServer, stream, bytes, from, length)
    own.protocol = AppProtocol.failed
    own.completed = true
  }

  /** Both directions unknown: enough is enough. */
  #bailOut(): void {
    const toServer = Math.max(this.toServer.fromStart, this.#direct[0])
    const toClient = Math.max(this.toClient.fromStart, this.#direct[1])
    const client = this.#client
    const server = this.#server
    if (
      (client.exhausted && server.exhausted) ||
      Math.max(toServer, toClient) > 2 * MAX_UNKNOWN ||
      (client.exhausted && toServer > MAX_UNKNOWN && toClient === 0) ||
      (server.exhausted && toClient > MAX_UNKNOWN && toServer === 0) ||
      (toClient > MAX_UNKNOWN && client.probesDone && !client.patternsDone && server.exhausted) ||
      (toServer > MAX_UNKNOWN && server.probesDone && !server.patternsDone && client.exhausted)
    )
      this.#giveUp()
  }

  #giveUp(): void {
    this.disabled = true
    this.#first = First.parsed
    this.protocol = AppProtocol.failed
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
    this.#parsed = toServer ? 1 : 2
    const outcome = parser.parse(toServer, bytes, from, from + length, this.transactions, result)
    if (result.hidden || result.finished) this.hidden = true
    if (outcome === Parsed.error || result.finished) this.disabled = true
    if (outcome === Parsed.some) {
      stream.progress += result.consumed
      stream.required = result.needed
    } else stream.progress += length
  }
}

/** Whether the parser of a protocol cannot begin with what the server says (Suricata's first data direction). */
function clientSpeaksFirst(protocol: number): boolean {
  return protocol === AppProtocol.tls
}
