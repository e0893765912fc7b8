import { putU16, putU32, u8, u16 } from './bytes.ts'
import { Protocol } from './numbers.ts'

/** An IPv6 header (RFC 8200 3); extension headers belong to its payload. */
export interface Ipv6Header {
  readonly trafficClass: number
  readonly flowLabel: number
  readonly nextHeader: number
  readonly hopLimit: number
  readonly source: Uint8Array
  readonly destination: Uint8Array
  readonly payloadLength: number
}

/** Writes the header at `at` and returns the offset after it. */
export function emitIpv6(header: Ipv6Header, bytes: Uint8Array, at: number): number {
  putU32(bytes, at, (6 << 28) | (header.trafficClass << 20) | header.flowLabel)
  putU16(bytes, at + 4, header.payloadLength)
  bytes[at + 6] = header.nextHeader
  bytes[at + 7] = header.hopLimit
  bytes.set(header.source, at + 8)
  bytes.set(header.destination, at + 24)
  return at + 40
}

/**
 * Length in bytes of an IPv6 extension header of type `next` whose length byte is `lengthByte` (RFC 8200 4, RFC 4302 2.2,
 * RFC 6275 6.1.1, RFC 7401 5.1, RFC 5533 5.1), at least 8; 0 when `next` is none of hop-by-hop, routing, destination options,
 * authentication, fragment, mobility, host identity and shim6.
 */
export function extensionLength(next: number, lengthByte: number): number {
  switch (next) {
    case Protocol.hopByHop:
    case Protocol.routing:
    case Protocol.destination:
    case Protocol.mobility:
    case Protocol.hostIdentity:
    case Protocol.shim6:
      return (lengthByte + 1) << 3
    case Protocol.authentication:
      return Math.max(lengthByte + 2, 3) << 2
    case Protocol.fragment:
      return 8
    default:
      return 0
  }
}

/** Headers that Linux treats as protocols (ipv6_ext_hdr), although they have a next header (RFC 6275, 7401, 5533). */
const UNFOLLOWED: ReadonlySet<number> = new Set([Protocol.mobility, Protocol.hostIdentity, Protocol.shim6])

/** The first header of the IPv6 packet at `l3` beyond which Linux does not look; undefined: none before `end` and any fragment header. */
export function findUnfollowed(
  bytes: Uint8Array,
  l3: number,
  end: number,
): { readonly protocol: number; readonly at: number } | undefined {
  let protocol = u8(bytes, l3 + 6)
  let at = l3 + 40
  while (end - at >= 2) {
    if (UNFOLLOWED.has(protocol)) return { protocol, at }
    const length = extensionLength(protocol, u8(bytes, at + 1))
    if (length === 0 || (protocol === Protocol.fragment && (u16(bytes, at + 2) & 0xfff9) !== 0))
      return undefined
    protocol = u8(bytes, at)
    at += length
  }
  return undefined
}

/** Whether a header of that type is between the IPv6 header at `l3` and the transport header at `l4`. */
export function hasHeader(bytes: Uint8Array, l3: number, l4: number, type: number): boolean {
  let next = u8(bytes, l3 + 6)
  for (let at = l3 + 40; at < l4 && next !== type; ) {
    const length = extensionLength(next, u8(bytes, at + 1))
    if (length === 0) return false
    next = u8(bytes, at)
    at += length
  }
  return next === type
}

const FOLLOWED: ReadonlySet<number> = new Set([
  Protocol.hopByHop,
  Protocol.routing,
  Protocol.destination,
  Protocol.authentication,
  Protocol.fragment,
])
/** Transport header bytes that a first fragment must contain; for any other protocol one byte suffices. */
const TRANSPORT: Readonly<Record<number, number>> = {
  [Protocol.tcp]: 20,
  [Protocol.udp]: 8,
  [Protocol.icmp6]: 8,
}

/**
 * The protocol whose header is truncated in a datagram's first fragment; -1: none is, or not even its type is there. The fragment header
 * is at `at`, its data ends at `stop`, and bytes before `end` were captured. As Linux decides it (ipv6.h, ipv6frag_thdr_truncated).
 */
export function cutHeader(bytes: Uint8Array, at: number, stop: number, end: number): number {
  let next = u8(bytes, at)
  let from = at + 8
  while (FOLLOWED.has(next)) {
    if (from + 4 > Math.min(stop, end)) return -1
    if (next === Protocol.fragment && u16(bytes, from + 2) > 7) return -1
    const length = extensionLength(next, u8(bytes, from + 1))
    next = u8(bytes, from)
    from += length
  }
  return next === Protocol.none || from + (TRANSPORT[next] ?? 1) <= stop ? -1 : next
}

/** Offset of the fragment header of the IPv6 packet at `l3`; -1: there is none before `end`. */
export function findFragmentHeader(bytes: Uint8Array, l3: number, end: number): number {
  let next = u8(bytes, l3 + 6)
  let at = l3 + 40
  while (end - at >= 8) {
    if (next === Protocol.fragment) return at
    const length = extensionLength(next, u8(bytes, at + 1))
    if (length === 0) return -1
    next = u8(bytes, at)
    at += length
  }
  return -1
}
