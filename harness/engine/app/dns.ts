import { Buffer } from './app-view.ts'
import {
  DNS_HEADER,
  hasPlausibleHeader,
  isResponse,
  Message,
  Questions,
  readQuestions,
} from './dns-message.ts'
import { Parsed, type Parser, type ParserResult } from './parser.ts'
import type { Transactions } from './transactions.ts'

const LENGTH = 2
/** Shared by all flows: filled and read within one call. */
const questions = new Questions()

/** DNS over UDP (one message per datagram) and TCP (RFC 1035 4.2.2: two bytes of length before each). Each message is a transaction. */
export class DnsParser implements Parser {
  readonly openTransaction = Number.POSITIVE_INFINITY
  readonly mayTunnel = false
  readonly pending = false
  readonly #stream: boolean
  #transactions = 0
  /** Bytes were missing: what follows may be the middle of a message. */
  #gap = false

  constructor(stream: boolean) {
    this.#stream = stream
  }

  /** Responses too: an error in one ends the parsing of both directions. */
  reads(): boolean {
    return true
  }

  parse(
    toServer: boolean,
    bytes: Uint8Array,
    from: number,
    to: number,
    found: Transactions,
    result: ParserResult,
  ): number {
    if (!this.#stream) {
      this.#read(toServer, bytes, from, to, found)
      return Parsed.all
    }
    if (this.#gap) {
      const likely = probeStream(bytes, from, to) !== Probe.no
      if (likely) this.#gap = false
      else if (!toServer) return Parsed.all
    }
    let at = from
    while (at < to) {
      const size = to - at < LENGTH ? -1 : u16(bytes, at)
      const end = at + LENGTH + size
      if (size < 0 || end > to) {
        result.consumed = at - from
        result.needed = size < 0 ? LENGTH : LENGTH + size
        return Parsed.some
      }
      if (size > 0 && !this.#read(toServer, bytes, at + LENGTH, end, found)) return Parsed.error
      at = end
    }
    return Parsed.all
  }

  skip(): number {
    this.#gap = true
    return Parsed.all
  }

  /** Returns false if it is no message, or goes in the wrong direction. */
  #read(toServer: boolean, bytes: Uint8Array, from: number, to: number, found: Transactions): boolean {
    if (!hasPlausibleHeader(bytes, from, to - from)) return false
    if (readQuestions(bytes, from, to, questions) !== Message.good) return false
    if (toServer && isResponse(bytes, from)) return false
    const transaction = this.#transactions++
    if (!toServer) return true
    let start = 0
    for (let i = 0; i < questions.count; i++) {
      const end = questions.ends[i] ?? start
      // Rules ask for one name after the other until there is none, as that of the root seems to be (dns.rs, rs_dns_tx_get_query_name).
      if (end === start) break
      found.add(Buffer.dnsQuery, transaction, true, questions.bytes, start, end)
      start = end
    }
    return true
  }
}

/** Result of a probe. */
export const Probe = { no: 0, yes: 1, short: 2 } as const

/** Whether a datagram is DNS, judged by its header and questions. */
export function probeDatagram(bytes: Uint8Array, from: number, to: number): number {
  if (to - from < DNS_HEADER) return Probe.short
  const read = readQuestions(bytes, from, to, questions)
  return read !== Message.bad && hasPlausibleHeader(bytes, from, to - from) ? Probe.yes : Probe.no
}

/** Whether a stream begins with a DNS message; an incomplete one is judged by its header. */
export function probeStream(bytes: Uint8Array, from: number, to: number): number {
  if (to - from < LENGTH + DNS_HEADER) return Probe.short
  const size = u16(bytes, from)
  if (to - from - LENGTH >= size) return probeDatagram(bytes, from + LENGTH, from + LENGTH + size)
  return hasPlausibleHeader(bytes, from + LENGTH, size) ? Probe.yes : Probe.no
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
