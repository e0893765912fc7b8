import { Buffer } from './app-view.ts'
import { Parsed, type Parser, type ParserResult } from './parser.ts'
import { findServerName, ServerName } from './tls-hello.ts'
import type { Transactions } from './transactions.ts'

const HEADER = 5
const MAX_RECORD = (1 << 14) + 1024
/** Record types (RFC 8446 5.1, heartbeat RFC 6520). */
const Type = { changeCipherSpec: 20, handshake: 22, applicationData: 23, heartbeat: 24 } as const
/** Handshake types. */
const CLIENT_HELLO = 1
const SERVER_HELLO = 2
/** The longest hello that is reassembled across records; other handshake messages never are. */
const MAX_MESSAGE = 1 << 17

/** The state of one direction's records. */
class Side {
  /** Version of the last record; 0: none. TLS 1.0 and 1.1 tolerate records of unknown type. */
  version = 0
  /** Bytes of an application-data record still to come. */
  left = 0
  /** Its hello has been read; the rest of its handshake does not matter. */
  greeted = false
  /** A handshake message that continues in the next record, and its length. */
  message: Uint8Array | undefined
  messageUsed = 0
}

/** TLS 1.0 … 1.3: records and, in them, the ClientHello's server name (RFC 6066 3), across records and segments. */
export class TlsParser implements Parser {
  readonly #client = new Side()
  readonly #server = new Side()
  readonly #name = new ServerName()
  #earlyData = false
  /** Application data has come. */
  #isOver = false
  /** It came before rules saw the name, or with it: then those that no pattern calls match again and again. */
  #namedLate = false
  /** The bytes of a hello whose name is to be added. */
  #hello: Uint8Array | undefined

  get openTransaction(): number {
    return this.#namedLate ? 0 : Number.POSITIVE_INFINITY
  }

  reads(toServer: boolean): boolean {
    return toServer && (!this.#client.greeted || this.#namedLate)
  }

  get pending(): boolean {
    return !this.#client.greeted
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
    const { from: start, to: end } = this.#name
    if (this.#hello !== undefined && end > start) {
      this.#namedLate = this.#isOver
      found.add(Buffer.tlsSni, 0, true, this.#hello, start, end, this.#namedLate)
    }
    this.#hello = undefined
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
      if (((bytes[at] ?? 0) & 0xc0) !== 0) {
        const end = oldRecordEnd(bytes, at, to)
        if (end > to || end < 0) return incomplete(result, at - from, end < 0 ? 3 : end - at)
        at = end
        continue
      }
      if (to - at < HEADER) return incomplete(result, at - from, HEADER)
      const type = bytes[at] ?? 0
      const length = u16(bytes, at + 3)
      const before = side.version
      side.version = u16(bytes, at + 1)
      if (type < Type.changeCipherSpec || type > Type.heartbeat) {
        side.version = before
        return before === 0x301 || before === 0x302 ? Parsed.all : Parsed.error
      }
      if (length === 0 || length > MAX_RECORD || (!side.greeted && !isVersion(side.version)))
        return Parsed.error
      const end = at + HEADER + length
      if (type === Type.applicationData) {
        if (at + HEADER < to) this.#hide(result)
        side.left = Math.max(0, end - to)
        at = Math.min(end, to)
        continue
      }
      if (end > to) return incomplete(result, at - from, HEADER + length)
      const isHandshake = type === Type.handshake && !side.greeted
      if (isHandshake && !this.#readHandshake(toServer, bytes, at + HEADER, end)) return Parsed.error
      at = end
    }
    return Parsed.all
  }

  /** Application data means that the handshake is over, except for early data, which comes before the server's hello. */
  #hide(result: ParserResult): void {
    if (this.#earlyData && !this.#server.greeted) return
    this.#isOver = true
    result.hidden = true
  }

  /** Reads the handshake messages of one record; returns false if Suricata gives up. */
  #readHandshake(toServer: boolean, bytes: Uint8Array, from: number, end: number): boolean {
    const side = toServer ? this.#client : this.#server
    if (end - from < 4) return false
    let at = from
    while (at < end && !side.greeted) {
      if (side.message !== undefined) {
        at = this.#continueMessage(side, toServer, bytes, at, end)
        continue
      }
      if (end - at < 4) return false
      const type = bytes[at] ?? 0
      const length = ((bytes[at + 1] ?? 0) << 16) | u16(bytes, at + 2)
      at += 4
      const isHello = type === (toServer ? CLIENT_HELLO : SERVER_HELLO)
      if (length <= end - at) {
        if (isHello) this.#readHello(side, toServer, bytes, at, at + length)
        at += length
      } else if (isHello && length <= MAX_MESSAGE) {
        side.message = new Uint8Array(length)
        side.message.set(bytes.subarray(at, end))
        side.messageUsed = end - at
        at = end
      } else {
        side.greeted = true
      }
    }
    return true
  }

  #continueMessage(side: Side, toServer: boolean, bytes: Uint8Array, from: number, end: number): number {
    const message = side.message
    if (message === undefined) return end
    const added = Math.min(message.length - side.messageUsed, end - from)
    message.set(bytes.subarray(from, from + added), side.messageUsed)
    side.messageUsed += added
    if (side.messageUsed === message.length) {
      side.message = undefined
      this.#readHello(side, toServer, message, 0, message.length)
    }
    return from + added
  }

  #readHello(side: Side, toServer: boolean, bytes: Uint8Array, from: number, end: number): void {
    side.greeted = true
    if (!toServer) return
    findServerName(bytes, from, end, this.#name)
    this.#earlyData = this.#name.earlyData
    this.#hello = bytes
  }
}

/** End of an SSL 2 record, whose first byte has one of its highest bits set; -1: its header is incomplete. */
function oldRecordEnd(bytes: Uint8Array, at: number, to: number): number {
  if (to - at < 3) return -1
  const first = bytes[at] ?? 0
  const long = (first & 0x80) === 0
  const length = ((first & (long ? 0x3f : 0x7f)) << 8) | (bytes[at + 1] ?? 0)
  return at + (long ? 3 : 2) + Math.max(1, length)
}

function incomplete(result: ParserResult, consumed: number, needed: number): number {
  result.consumed = consumed
  result.needed = needed
  return Parsed.some
}

/** SSL 3.0 … TLS 1.3, and the drafts of 1.3. */
function isVersion(version: number): boolean {
  return (version >= 0x300 && version <= 0x304) || version >> 8 === 0x7f || version === 0xfb1a
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
