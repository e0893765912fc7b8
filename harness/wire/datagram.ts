import { Kind } from '../model/codes.ts'
import { u16 } from './bytes.ts'
import type { Dissection } from './dissection.ts'
import { isIcmpError } from './icmp.ts'
import { optionsFit } from './ipv4.ts'
import { extensionLength } from './ipv6.ts'
import { Protocol } from './numbers.ts'
import { CHUNK_HEADER, Chunk, INIT_BODY, SCTP_HEADER } from './sctp.ts'

/**
 * Dissects the IPv4 datagram at `l3`, whose frame ends at `wireEnd` and was captured up to `end`. An invalid IP header leaves `l3` unset;
 * a valid one with invalid options or transport header sets it, and the packet is
 * malformed.
 */
export function dissectIpv4(
  bytes: Uint8Array,
  l3: number,
  end: number,
  wireEnd: number,
  into: Dissection,
): void {
  if (end - l3 < 20) {
    into.kind = cutOr(end, wireEnd)
    return
  }
  const first = bytes[l3] ?? 0
  const header = (first & 15) << 2
  const total = u16(bytes, l3 + 2)
  if (first >> 4 !== 4 || header < 20 || total < header || l3 + total > wireEnd) {
    into.kind = Kind.malformed
    return
  }
  into.l3 = l3
  into.stop = l3 + total
  if (end < l3 + header) {
    partial(l3 + header, l3 + total, Kind.cut, into)
    return
  }
  if (header > 20 && !optionsFit(bytes, l3, end)) {
    into.kind = Kind.malformed
    return
  }
  const position = u16(bytes, l3 + 6) & 0x3fff
  const protocol = bytes[l3 + 9] ?? 0
  if (position === 0) transport(bytes, l3 + header, l3 + total, end, protocol, false, into)
  else fragment(bytes, l3 + header, l3 + total, end, protocol, (position & 0x1fff) === 0, false, into)
}

/**
 * Like `dissectIpv4`. Extension headers are followed as far as the datagram goes. Only the first fragment header counts, and
 * one whose fragment is a whole datagram (RFC 6946) does not.
 */
export function dissectIpv6(
  bytes: Uint8Array,
  l3: number,
  end: number,
  wireEnd: number,
  into: Dissection,
): void {
  if (end - l3 < 40) {
    into.kind = cutOr(end, wireEnd)
    return
  }
  const stop = l3 + 40 + u16(bytes, l3 + 4)
  if ((bytes[l3] ?? 0) >> 4 !== 6 || stop > wireEnd) {
    into.kind = Kind.malformed
    return
  }
  into.l3 = l3
  into.stop = stop
  let next = bytes[l3 + 6] ?? 0
  let at = l3 + 40
  let first = true
  let fragmented = false
  for (;;) {
    const known = end - at >= 2
    const length = extensionLength(next, known ? (bytes[at + 1] ?? 0) : 0)
    if (length === 0) {
      if (fragmented) fragment(bytes, at, stop, end, next, true, true, into)
      else transport(bytes, at, stop, end, next, true, into)
      return
    }
    if (at + length > stop && !fragmented) {
      into.kind = Kind.malformed
      return
    }
    if (at + length > Math.min(stop, end)) {
      partial(at, stop, at + length > stop ? Kind.fragment6 : Kind.cut, into)
      return
    }
    if (next === Protocol.fragment && first) {
      first = false
      const position = u16(bytes, at + 2) & 0xfff9
      fragmented = position !== 0
      if (position > 1) {
        partial(at + length, stop, Kind.fragment6, into)
        return
      }
    }
    next = bytes[at] ?? 0
    at += length
  }
}

/** The transport header at `at` of a whole datagram whose data ends at `stop`; the frame was captured up to `end`. */
function transport(
  bytes: Uint8Array,
  at: number,
  stop: number,
  end: number,
  protocol: number,
  six: boolean,
  into: Dissection,
): void {
  const length = stop - at
  const least = leastHeader(protocol, six)
  if (length < least) {
    into.kind = Kind.malformed
    return
  }
  if (end < Math.min(stop, at + telling(bytes, at, end, protocol, six))) {
    partial(at, stop, Kind.cut, into)
    return
  }
  if (least === 0 || protocol === Protocol.sctp || protocol === Protocol.esp) {
    partial(at, stop, six ? Kind.ip6 : Kind.ip4, into)
    if (least > 0 || (protocol !== Protocol.none && at < Math.min(stop, end))) {
      into.l4 = at
      into.protocol = protocol
    }
    return
  }
  const header = protocol === Protocol.tcp ? ((bytes[at + 12] ?? 0) >> 4) << 2 : 8
  const size = protocol === Protocol.udp ? u16(bytes, at + 4) : length
  if (header < least || header > length || size < 8 || size > length) {
    into.kind = Kind.malformed
    return
  }
  into.l4 = at
  into.protocol = protocol
  into.payload = size - header
  if (protocol === Protocol.tcp) {
    into.kind = six ? Kind.tcp6 : Kind.tcp4
    into.flags = bytes[at + 13] ?? 0
  } else if (protocol === Protocol.udp) into.kind = six ? Kind.udp6 : Kind.udp4
  else into.kind = six ? Kind.icmp6 : Kind.icmp4
}

/**
 * A fragment of a datagram; the first one has the transport header, if it is long enough, except for TCP options. For SCTP the ports
 * suffice.
 */
function fragment(
  bytes: Uint8Array,
  at: number,
  stop: number,
  end: number,
  protocol: number,
  first: boolean,
  six: boolean,
  into: Dissection,
): void {
  partial(at, stop, six ? Kind.fragment6 : Kind.fragment4, into)
  const least = protocol === Protocol.sctp ? SCTP_PORTS : leastHeader(protocol, six)
  const here = Math.min(stop, end) - at
  if (first && here < Math.min(least, stop - at)) into.kind = Kind.cut
  if (!first || here <= 0 || here < least || protocol === Protocol.none) return
  if (protocol === Protocol.tcp) {
    const header = ((bytes[at + 12] ?? 0) >> 4) << 2
    if (header < 20) return
    into.flags = bytes[at + 13] ?? 0
    into.payload = Math.max(stop - at - header, 0)
  } else into.payload = stop - at - least
  into.l4 = at
  into.protocol = protocol
}

/** A packet without transport header: its payload is everything after `at`. */
function partial(at: number, stop: number, kind: number, into: Dissection): void {
  into.kind = kind
  into.payload = stop - at
}

/** Ports and verification tag of SCTP, which fit in the shortest first fragment. */
const SCTP_PORTS = 8

/** The shortest header of a transport protocol, in bytes; 0 for protocols that the decoder does not read. */
function leastHeader(protocol: number, six: boolean): number {
  switch (protocol) {
    case Protocol.tcp:
      return 20
    case Protocol.sctp:
      return 12
    case Protocol.udp:
    case Protocol.esp:
      return 8
    default:
      return protocol === (six ? Protocol.icmp6 : Protocol.icmp) ? 8 : 0
  }
}

/**
 * Bytes of the transport header at `at`, captured up to `end`, without which nobody can tell what becomes of a packet: of SCTP with the
 * header of the first chunk, and the tag in it; of an ICMP error with the addresses and ports of the packet that it quotes.
 */
function telling(bytes: Uint8Array, at: number, end: number, protocol: number, six: boolean): number {
  if (protocol === Protocol.sctp)
    return SCTP_HEADER + CHUNK_HEADER + (opensSctp(bytes, at, end) ? INIT_BODY : 0)
  if (protocol === Protocol.udpLite || protocol === Protocol.gre) return 8
  const least = leastHeader(protocol, six)
  const isIcmp = protocol === (six ? Protocol.icmp6 : Protocol.icmp)
  if (!isIcmp || end <= at || !isIcmpError(bytes[at] ?? 0, six)) return least
  const quoted = at + least
  return least + (six || end <= quoted ? 40 : ((bytes[quoted] ?? 0) & 15) << 2) + 8
}

function opensSctp(bytes: Uint8Array, at: number, end: number): boolean {
  const type = bytes[at + SCTP_HEADER]
  return end > at + SCTP_HEADER && (type === Chunk.init || type === Chunk.initAck)
}

/** The kind of a frame that ends within a header: merely cut by the snapshot length, or malformed. */
function cutOr(end: number, wireEnd: number): number {
  return wireEnd > end ? Kind.cut : Kind.malformed
}
