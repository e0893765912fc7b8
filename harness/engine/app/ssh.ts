import { Buffer } from './app-view.ts'
import { CR, indexIn, LF } from './characters.ts'
import { Parsed, type Parser, type ParserResult } from './parser.ts'
import type { Transactions } from './transactions.ts'

const DASH = 45
const PREFIX = [83, 83, 72, 45] as const
/** A banner still without end after this many bytes is skipped, and rules see it with NEWKEYS only (Suricata 7, ssh.rs). */
const MAX_BANNER = 256
const RECORD_HEADER = 6
const NEW_KEYS = 21

/** The state of a side. Behind a long banner all data begins with a line, until NEWKEYS. */
const Side = { banner: 0, bannerEnd: 1, records: 2, encrypted: 3 } as const

/** SSH: the protocol version of each side's banner (RFC 4253 4.2), and the records up to NEWKEYS, after which all is ciphertext. */
export class SshParser implements Parser {
  readonly openTransaction = Number.POSITIVE_INFINITY
  readonly liveTransaction = 0
  readonly mayTunnel = false
  readonly #sides: [number, number] = [Side.banner, Side.banner]
  /** Bytes of a record still to come. */
  readonly #left: [number, number] = [0, 0]
  /** Versions of long banners. */
  readonly #late: [Uint8Array | undefined, Uint8Array | undefined] = [undefined, undefined]
  /** What is to be shown with the data that is parsed. */
  #version: Uint8Array | undefined

  /** Both directions, until rules see both banners: an error in one ends the other. */
  reads(): boolean {
    return this.#sides[0] < Side.records || this.#sides[1] < Side.records
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
    this.#version = undefined
    const outcome = this.#parse(toServer ? 0 : 1, bytes, from, to, result)
    const version = this.#version as Uint8Array | undefined
    // The end of parsing hides what came with it.
    if (version !== undefined && !result.finished)
      found.add(Buffer.sshProto, 0, toServer, version, 0, version.length)
    return outcome
  }

  #parse(side: 0 | 1, bytes: Uint8Array, from: number, to: number, result: ParserResult): number {
    if (this.#sides[side] >= Side.records) return this.#parseRecords(side, bytes, from, from, to, result)
    const end = endOfLine(bytes, from, to)
    if (this.#sides[side] === Side.bannerEnd)
      return end < 0
        ? Parsed.all
        : this.#parseRecords(side, bytes, from, afterLine(bytes, end, to), to, result)
    if (end < 0 && to - from < MAX_BANNER) {
      result.consumed = 0
      result.needed = to - from + 1
      return Parsed.some
    }
    const version = versionOf(bytes, from, end < 0 ? to : end)
    if (version === undefined) return Parsed.error
    if (end < 0) {
      this.#sides[side] = Side.bannerEnd
      this.#late[side] = version.slice()
      return Parsed.all
    }
    this.#version = version
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
        this.#version ??= this.#late[side]
        this.#late[side] = undefined
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

/** The version in "SSH-version-software"; undefined if it is no banner. */
function versionOf(bytes: Uint8Array, from: number, to: number): Uint8Array | undefined {
  for (const [i, byte] of PREFIX.entries()) if (from + i >= to || bytes[from + i] !== byte) return undefined
  const start = from + PREFIX.length
  const end = indexIn(bytes, DASH, start, to)
  return end < to && end > start ? bytes.subarray(start, end) : undefined
}

function u32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) * 0x1000000 +
    (((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0))
  )
}
