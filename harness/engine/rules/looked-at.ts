import { ipProtocol } from '../../flow/transport.ts'
import { Protocol } from '../../wire/numbers.ts'

/** Header bytes of UDP, ICMP and ESP. */
const HEADER = 8
const SCTP_HEADER = 12
/** Header bytes of an ICMPv6 message that is neither an error nor an echo: type, code and checksum. */
const SHORT_HEADER = 4
const TIMESTAMP = 13
const TIMESTAMP_REPLY = 14
const TIMESTAMPS = 12
const ROUTER_ADVERTISEMENT = 9
/** For ICMPv6 errors and echoes: the highest code that the type has. */
const LAST_CODES: Readonly<Record<number, number>> = { 1: 6, 2: 0, 3: 1, 4: 2, 128: 0, 129: 0 }

/** Offsets from the transport header. */
export interface LookedAt {
  from: number
  to: number
}

/** Shared by all packets. */
const range: LookedAt = { from: 0, to: 0 }

/**
 * What content rules inspect of a packet other than TCP; for most protocols nothing (Suricata 7, decode-*.c). `length`: the number of
 * bytes after the header for UDP and ICMP, and from the header on for others. Valid until the next call.
 */
export function lookedAt(
  bytes: Uint8Array,
  l3: number,
  l4: number,
  length: number,
  protocol: number,
): LookedAt {
  range.to = HEADER + length
  if (protocol === Protocol.udp) range.from = HEADER
  else if (protocol === Protocol.icmp) range.from = HEADER + wordsOf(bytes, l4, length)
  else if (protocol === Protocol.icmp6) {
    const short = (bytes[l4 + 1] ?? 0) > (LAST_CODES[bytes[l4] ?? 0] ?? -1)
    range.from = short ? SHORT_HEADER : HEADER
    // The length is reduced by four bytes for the rest of a header that was already counted.
    if (short) range.to = length
  } else {
    const inside = ipProtocol(bytes, l3, l4)
    range.from = inside === Protocol.sctp ? SCTP_HEADER : inside === Protocol.esp ? HEADER : length
    range.to = length
  }
  return range
}

/** Bytes of timestamps, and of router addresses, after the header, if they are all there. */
function wordsOf(bytes: Uint8Array, l4: number, length: number): number {
  const type = bytes[l4]
  let words = 0
  if (type === TIMESTAMP || type === TIMESTAMP_REPLY) words = TIMESTAMPS
  if (type === ROUTER_ADVERTISEMENT) words = (bytes[l4 + 4] ?? 0) * (bytes[l4 + 5] ?? 0) * 4
  return length < words ? 0 : words
}
