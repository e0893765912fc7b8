import { putU16, putU32, u8, u16 } from './bytes.ts'
import { isIpv6 } from './ip.ts'
import { extensionLength, findUnfollowed } from './ipv6.ts'
import { Protocol } from './numbers.ts'

/** An ICMP header of either version (RFC 792, RFC 4443), without its checksum. */
export interface IcmpHeader {
  readonly type: number
  readonly code: number
  /** The second 32-bit word: identifier and sequence number, MTU, pointer, or unused. */
  readonly rest: number
}

/** Location of the packet that an ICMP error quotes. */
export interface Quote {
  l3: number
  /** Offset of the quoted transport header; -1: not quoted, or the packet was a later fragment. */
  l4: number
  /** IP protocol of the quoted packet. */
  protocol: number
}

/** Writes the header at `at` with a checksum of 0 and returns the offset after it. */
export function emitIcmp(header: IcmpHeader, bytes: Uint8Array, at: number): number {
  bytes[at] = header.type
  bytes[at + 1] = header.code
  putU16(bytes, at + 2, 0)
  putU32(bytes, at + 4, header.rest)
  return at + 8
}

/** Whether an ICMP type reports an error and so quotes a packet (RFC 1122 3.2.2, RFC 4443 2.1). */
export function isIcmpError(type: number, six: boolean): boolean {
  return six ? type < 128 : type === 3 || type === 4 || type === 5 || type === 11 || type === 12
}

/** The least number of transport header bytes that are quoted (RFC 792); Linux needs only the ports. */
const LEAST = 8
const LINUX_LEAST = 4

/**
 * Finds the packet quoted by the ICMP error at `l4` in a frame that ends at `end`. Returns false if there is none, or none with a
 * whole IP header of the same family. At least 8 bytes of the transport header are there if `into.l4` is not -1; with `linux` at least the
 * ports, and for IPv6 it may be a header beyond which Linux does not look, and no packet is found of which Linux cannot read the protocol.
 */
export function findQuote(
  bytes: Uint8Array,
  l4: number,
  end: number,
  six: boolean,
  into: Quote,
  linux = false,
): boolean {
  const l3 = l4 + 8
  if (!isIcmpError(u8(bytes, l4), six) || end - l3 < (six ? 40 : 20)) return false
  into.l3 = l3
  into.l4 = -1
  if (six) return isIpv6(bytes, l3) && findQuotedTransport6(bytes, l3, end, into, linux)
  const least = linux ? LINUX_LEAST : LEAST
  const header = (u8(bytes, l3) & 15) << 2
  if (u8(bytes, l3) >> 4 !== 4 || header < 20 || end - l3 < header) return false
  into.protocol = u8(bytes, l3 + 9)
  if ((u16(bytes, l3 + 6) & 0x1fff) === 0 && end - l3 - header >= least) into.l4 = l3 + header
  return true
}

function findQuotedTransport6(
  bytes: Uint8Array,
  l3: number,
  end: number,
  into: Quote,
  linux: boolean,
): boolean {
  const unfollowed = linux ? findUnfollowed(bytes, l3, end) : undefined
  if (unfollowed !== undefined) {
    into.protocol = unfollowed.protocol
    into.l4 = unfollowed.at
    return true
  }
  let next = u8(bytes, l3 + 6)
  let at = l3 + 40
  let first = true
  for (;;) {
    const there = end - at
    // Of an extension header Linux needs what leads to the next header (ipv6_skip_exthdr).
    if (there < (linux ? (next === Protocol.fragment ? 4 : 2) : 8)) {
      if (linux && extensionLength(next, 0) > 0) return false
      break
    }
    const length = extensionLength(next, u8(bytes, at + 1))
    if (length === 0) break
    if (next === Protocol.fragment && (u16(bytes, at + 2) & 0xfff8) !== 0) first = false
    if (linux && !first) return false
    next = u8(bytes, at)
    at += length
    if (!first) break
  }
  into.protocol = next
  if (first && end - at >= (linux ? LINUX_LEAST : LEAST)) into.l4 = at
  return true
}
