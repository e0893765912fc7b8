import { Buffer } from './app-view.ts'
import { Parsed, type Parser, type ParserResult } from './parser.ts'
import { Hello, isVersion, readClientHello, versionOf } from './tls-hello.ts'
import { isOldRecord, OldRecord } from './tls-old-record.ts'
import type { Transactions } from './transactions.ts'

const HEADER = 5
const MAX_RECORD = (1 << 14) + 1024
/** Record types (RFC 8446 5.1, heartbeat RFC 6520). */
const Type = { changeCipherSpec: 20, handshake: 22, applicationData: 23, heartbeat: 24 } as const
/** Handshake types. */
const CLIENT_HELLO = 1
const SERVER_HELLO = 2
const TLS_1_2 = 0x303
/** Bits of the types of handshake messages that Suricata puts together across records. */
const ACROSS_RECORDS = [0, 1, 2, 4, 11, 12, 13, 14, 15, 16, 20, 21, 22].reduce(
  (bits, type) => bits | (1 << type),
  0,
)
/** The longest hello that is put together; of other messages only the length matters. */
const MAX_MESSAGE = 1 << 17

/** Shared by all parsers: filled and read within one call. */
const old = new OldRecord()

/** The state of one direction's records. */
class Side {
  /** Version of the hello, or before that of the last record; 0: none. TLS 1.0 and 1.1 tolerate records of unknown type. */
  version = 0
  /** Bytes of an application-data record still to come. */
  left = 0
  /** Bytes of a handshake message that come in the next records. */
  rest = 0
  /** The same of a hello: what has come of it, if it is not too long. */
  message: Uint8Array | undefined
  messageType = 0
}

/** TLS 1.0 … 1.3: records and, in them, the ClientHello's server name (RFC 6066 3), across records and segments. */
export class TlsParser implements Parser {
  readonly liveTransaction = 0
  readonly mayTunnel = false
  readonly #client = new Side()
  readonly #server = new Side()
  readonly #said = new Hello()
  #clientHello = false
  #serverHello = false
  #cipherChanged = false
  /** Application data has come. */
  #isOver = false
  /** It came before rules saw the name, or with it: then those that no pattern calls match again and again. */
  #namedLate = false
  /** A name that is to be added. */
  #name: Uint8Array | undefined

  get openTransaction(): number {
    return this.#namedLate ? 0 : Number.POSITIVE_INFINITY
  }

  reads(toServer: boolean): boolean {
    if (this.#said.named || this.#isSealed) return toServer && this.#namedLate
    return toServer || !this.#serverHello
  }

  get pending(): boolean {
    return !this.#clientHello && !this.#isSealed
  }

  /** A cipher is in use, so that no handshake is read: in TLS 1.3 it is not before the server's hello (RFC 8446, D.4). */
  get #isSealed(): boolean {
    if (!this.#cipherChanged) return false
    return !this.#clientHello || this.#serverHello || this.#client.version <= TLS_1_2
  }

  parse(
    toServer: boolean,
    bytes: Uint8Array,
    from: number,
    to: number,
    found: Transactions,
    result: ParserResult,
  ): number {
    const outcome = this.#read(toServer, bytes, from, to, result)
    const name = this.#name
    if (name !== undefined) {
      this.#namedLate = this.#isOver
      found.add(Buffer.tlsSni, 0, true, name, 0, name.length, this.#namedLate)
    }
    this.#name = undefined
    if (this.#isOver && found.passEarly()) this.#namedLate = true
    return outcome
  }

  skip(): number {
    return Parsed.error
  }

  #read(toServer: boolean, bytes: Uint8Array, from: number, to: number, result: ParserResult): number {
    const side = toServer ? this.#client : this.#server
    let at = from
    if (side.left > 0) {
      this.#hide(result)
      const skipped = Math.min(side.left, to - at)
      side.left -= skipped
      at += skipped
    }
    while (at < to) {
      if (isOldRecord(bytes[at] ?? 0)) {
        old.read(bytes, at, to)
        if (old.needed > 0) return incomplete(result, at - from, old.needed)
        if (old.failed) return Parsed.error
        this.#noteOld(side)
        at = old.end
        continue
      }
      if (to - at < HEADER) return incomplete(result, at - from, HEADER)
      const type = bytes[at] ?? 0
      const length = u16(bytes, at + 3)
      const before = side.version
      // A hello has the last word on it.
      const isGreeted = side === this.#client ? this.#clientHello : this.#serverHello
      if (!isGreeted || before === 0) side.version = u16(bytes, at + 1)
      if (type < Type.changeCipherSpec || type > Type.heartbeat) {
        side.version = before
        return before === 0x301 || before === 0x302 ? Parsed.all : Parsed.error
      }
      if (length === 0 || length > MAX_RECORD || !isVersion(side.version)) return Parsed.error
      const end = at + HEADER + length
      if (type === Type.applicationData) {
        if (at + HEADER < to) this.#hide(result)
        side.left = Math.max(0, end - to)
        at = Math.min(end, to)
        continue
      }
      if (end > to) return incomplete(result, at - from, HEADER + length)
      if (type === Type.changeCipherSpec) this.#cipherChanged = true
      const isRead = type === Type.handshake && !this.#isSealed
      if (isRead && !this.#readHandshake(side, bytes, at + HEADER, end)) return Parsed.error
      at = end
    }
    return Parsed.all
  }

  /** A record of SSL 2 may greet, and say the version of what follows. */
  #noteOld(side: Side): void {
    side.version = old.version
    if (old.isClientHello) this.#clientHello = true
    if (old.isServerHello) this.#serverHello = true
  }

  /** Application data means that the handshake is over, except for early data, which comes before the server's hello. */
  #hide(result: ParserResult): void {
    if (this.#said.earlyData && !this.#serverHello) return
    this.#isOver = true
    result.hidden = true
  }

  /** Reads the handshake messages of one record; returns false if Suricata gives up. */
  #readHandshake(side: Side, bytes: Uint8Array, from: number, end: number): boolean {
    if (end - from < 4) return false
    let at = from
    while (at < end) {
      if (side.rest > 0) {
        at = this.#continueMessage(side, bytes, at, end)
        continue
      }
      if (end - at < 4) return false
      const type = bytes[at] ?? 0
      const length = ((bytes[at + 1] ?? 0) << 16) | u16(bytes, at + 2)
      at += 4
      const isHello = type === CLIENT_HELLO || type === SERVER_HELLO
      if (length <= end - at) {
        if (isHello && length > 0) this.#readHello(side, type, bytes, at, at + length)
        at += length
        continue
      }
      if (type < 32 && (ACROSS_RECORDS & (1 << type)) !== 0) {
        side.rest = length - (end - at)
        side.messageType = type
        if (isHello && length <= MAX_MESSAGE) {
          side.message = new Uint8Array(length)
          side.message.set(bytes.subarray(at, end))
        }
      }
      at = end
    }
    return true
  }

  #continueMessage(side: Side, bytes: Uint8Array, from: number, end: number): number {
    const { message } = side
    const added = Math.min(side.rest, end - from)
    message?.set(bytes.subarray(from, from + added), message.length - side.rest)
    side.rest -= added
    if (side.rest === 0 && message !== undefined) {
      side.message = undefined
      this.#readHello(side, side.messageType, message, 0, message.length)
    }
    return from + added
  }

  #readHello(side: Side, type: number, bytes: Uint8Array, from: number, end: number): void {
    if (type === SERVER_HELLO) {
      this.#serverHello = true
      if (side === this.#server && end - from >= 2) side.version = versionOf(u16(bytes, from))
      return
    }
    this.#clientHello = true
    if (side !== this.#client) return
    const said = this.#said
    const wasNamed = said.named
    readClientHello(bytes, from, end, said)
    if (said.version > 0) side.version = said.version
    if (!wasNamed && said.to > said.from) this.#name = bytes.subarray(said.from, said.to)
  }
}

function incomplete(result: ParserResult, consumed: number, needed: number): number {
  result.consumed = consumed
  result.needed = needed
  return Parsed.some
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
