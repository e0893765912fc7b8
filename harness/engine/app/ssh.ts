import { Buffer } from './app-view.ts'
import { CR, indexIn, LF } from './characters.ts'
import { Parsed, type Parser, type ParserResult } from './parser.ts'
import type { Transactions } from './transactions.ts'

const DASH = 45
const PREFIX = [83, 83, 72, 45] as const
/** A banner still without end after this many bytes is skipped, and rules never see it (Suricata 7, ssh.rs). */
const MAX_BANNER = 256
const RECORD_HEADER = 6
const NEW_KEYS = 21

/** The state of a side. */
const Side = { banner: 0, bannerEnd: 1, records: 2, encrypted: 3 } as const

/** SSH: the protocol version of each side's banner (RFC 4253 4.2), and the records up to NEWKEYS, after which all is ciphertext. */
export class SshParser implements Parser {
  readonly openTransaction = Number.POSITIVE_INFINITY
  readonly #sides: [number, number] = [Side.banner, Side.banner]
  /** Bytes of a record still to come. */
  readonly #left: [number, number] = [0, 0]

  /** Both directions, until both banners are there: an error in one ends the other. */
  reads(): boolean {
    return this.#sides[0] === Side.banner || this.#sides[1] === Side.banner
  }

  get pending(): boolean {
    return this.#sides[0] === Side.banner
  }

  parse(
    toServer: boolean,
    bytes: Uint8Array,
    from: number,
    to: number,
    found: Transactions,
    result: ParserResult,
  ): number {
    const side = toServer ? 0 : 1
    if (this.#sides[side] >= Side.records) return this.#parseRecords(side, bytes, from, from, to, result)
    const end = endOfLine(bytes, from, to)
    if (end < 0) {
      if (this.#sides[side] === Side.bannerEnd) return Parsed.all
      if (to - from < MAX_BANNER) {
        result.consumed = 0
        result.needed = to - from + 1
        return Parsed.some
      }
      this.#sides[side] = Side.bannerEnd
      return isBanner(bytes, from, to) ? Parsed.all : Parsed.error
    }
    if (this.#sides[side] === Side.banner && !readVersion(bytes, from, end, toServer, found))
      return Parsed.error
    this.#sides[side] = Side.records
    return this.#parseRecords(side, bytes, from, afterLine(bytes, end, to), to, result)
  }

  skip(): number {
    return Parsed.error
  }

  #parseRecords(
    side: 0 | 1,
    bytes: Uint8Array,
    from: number,
    start: number,
    to: number,
    result: ParserResult,
  ): number {
    const skipped = Math.min(this.#left[side], to - start)
    this.#left[side] -= skipped
    let at = start + skipped
    while (at < to) {
      if (to - at < RECORD_HEADER) {
        result.consumed = at - from
        result.needed = RECORD_HEADER
        return Parsed.some
      }
      const length = u32(bytes, at)
      if (length < 2) return Parsed.error
      if (bytes[at + 5] === NEW_KEYS) {
        this.#sides[side] = Side.encrypted
        const whole = to - at >= length + 4
        if (whole && this.#sides[1 - side] === Side.encrypted) result.finished = true
      }
      const end = at + length + 4
      this.#left[side] = Math.max(0, end - to)
      at = Math.min(end, to)
    }
    return Parsed.all
  }
}

/** Index of the CR or LF that ends the line; -1: not there yet, as is a final CR whose next byte is missing. */
function endOfLine(bytes: Uint8Array, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    if (bytes[i] === LF) return i
    if (bytes[i] === CR) return i + 1 < to ? i : -1
  }
  return -1
}

/** The offset after the line ending; a CR alone ends a line too. */
function afterLine(bytes: Uint8Array, end: number, to: number): number {
  return bytes[end] === CR && end + 1 < to && bytes[end + 1] === LF ? end + 2 : end + 1
}

/** Records the version of "SSH-version-software"; returns false if it is no banner. */
function readVersion(
  bytes: Uint8Array,
  from: number,
  to: number,
  toServer: boolean,
  found: Transactions,
): boolean {
  if (!isBanner(bytes, from, to)) return false
  const start = from + PREFIX.length
  found.add(Buffer.sshProto, 0, toServer, bytes, start, indexIn(bytes, DASH, start, to))
  return true
}

function isBanner(bytes: Uint8Array, from: number, to: number): boolean {
  for (const [i, byte] of PREFIX.entries()) if (from + i >= to || bytes[from + i] !== byte) return false
  const start = from + PREFIX.length
  const end = indexIn(bytes, DASH, start, to)
  return end < to && end > start
}

function u32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) * 0x1000000 +
    (((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0))
  )
}
