/** Bytes of a DNS header (RFC 1035 4.1.1). */
export const DNS_HEADER = 12
const MAX_LABELS = 255
/** Longer names are truncated (Suricata 7, dns/parser.rs; dnsmasq's limit). */
const MAX_NAME = 1025
const RESPONSE = 0x8000

/** The result of reading a message. */
export const Message = { good: 0, short: 1, bad: 2 } as const

/** The names of a message's questions, each with its labels joined by dots, concatenated. Reused for each message. */
export class Questions {
  bytes = new Uint8Array(MAX_NAME + 64)
  count = 0
  /** End of name `i`; name `i` begins where name `i-1` ends. */
  readonly ends: number[] = []
  used = 0

  clear(): void {
    this.count = 0
    this.used = 0
  }

  push(byte: number): void {
    if (this.used === this.bytes.length) {
      const grown = new Uint8Array(this.used * 2)
      grown.set(this.bytes)
      this.bytes = grown
    }
    this.bytes[this.used++] = byte
  }
}

/** Whether the counts in the header are possible for a message of `length` bytes, at two bytes a record at least. */
export function hasPlausibleHeader(bytes: Uint8Array, from: number, length: number): boolean {
  if (length < DNS_HEADER) return false
  const records = u16(bytes, from + 4) + u16(bytes, from + 6) + u16(bytes, from + 8) + u16(bytes, from + 10)
  return DNS_HEADER + 2 * records <= length
}

/** Whether the message at `from` is a response. */
export function isResponse(bytes: Uint8Array, from: number): boolean {
  return (u16(bytes, from + 2) & RESPONSE) !== 0
}

/** Reads the questions of the message `bytes[from … to-1]`. Returns a `Message` code; work is bounded by the message's length. */
export function readQuestions(bytes: Uint8Array, from: number, to: number, into: Questions): number {
  into.clear()
  if (to - from < DNS_HEADER) return Message.short
  const count = u16(bytes, from + 4)
  let at = from + DNS_HEADER
  for (let i = 0; i < count; i++) {
    at = readName(bytes, from, at, to, into)
    if (at < 0) return at === SHORT ? Message.short : Message.bad
    if (at + 4 > to) return Message.short
    at += 4
    into.ends[into.count++] = into.used
  }
  return Message.good
}

const SHORT = -1
const BAD = -2

/** Appends the name at `start` and returns the offset after it, `SHORT` or `BAD`. The last label may be truncated. */
function readName(bytes: Uint8Array, message: number, start: number, to: number, into: Questions): number {
  const begin = into.used
  let at = start
  let after = -1
  let cut = false
  for (let labels = 1; at < to; labels++) {
    const length = bytes[at] ?? 0
    if (length === 0) {
      at++
      break
    }
    if ((length & 0xc0) === 0xc0) {
      if (at + 2 > to) return SHORT
      const target = message + (u16(bytes, at) & 0x3fff)
      if (target > to) return BAD
      if (target === at) return after < 0 ? BAD : after
      if (after < 0) after = at + 2
      at = target
    } else if ((length & 0xc0) === 0) {
      if (at + 1 + length > to) return SHORT
      if (!cut) appendLabel(bytes, at + 1, at + 1 + length, begin, into)
      at += 1 + length
    } else return BAD
    if (labels > MAX_LABELS) return after < 0 ? BAD : after
    if (into.used - begin > MAX_NAME) {
      into.used = begin + MAX_NAME
      cut = true
      if (after >= 0) break
    }
  }
  return after < 0 ? at : after
}

function appendLabel(bytes: Uint8Array, from: number, to: number, begin: number, into: Questions): void {
  if (into.used > begin) into.push(46)
  for (let i = from; i < to; i++) into.push(bytes[i] ?? 0)
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
