import { Kind } from '../model/codes.ts'
import { u16 } from './bytes.ts'
import { extensionLength } from './ipv6.ts'
import { findNetwork, newNetworkStart } from './links.ts'
import { EtherType, Protocol } from './numbers.ts'

/** What is known of one frame: the wire/ columns of `PacketBatch`, with offsets in the array that holds the frame. */
export interface Dissection {
  kind: number
  l3: number
  l4: number
  payload: number
  flags: number
  vlan: number
  /** IP protocol of the transport header at `l4`; 0 where there is none. */
  protocol: number
}

/** IPv6 extension headers followed at most; more is malformed. */
const MAX_EXTENSIONS = 16

/** More than any frame: nothing that is missing counts as contradicted. */
const UNKNOWN_LENGTH = 0x100000

const network = newNetworkStart()

/** A dissection to write into. */
export function newDissection(): Dissection {
  return { kind: Kind.other, l3: -1, l4: -1, payload: 0, flags: 0, vlan: 0, protocol: 0 }
}

/** Dissects one frame that has an array to itself and may have been cut by a snapshot length. */
export function dissect(frame: Uint8Array, link: number): Dissection {
  const found = newDissection()
  dissectFrame(frame, 0, frame.length, UNKNOWN_LENGTH, link, found)
  return found
}

/**
 * Dissects the frame of `captured` bytes at `start`, which had `original` bytes on the wire. Reads nothing outside it and
 * never throws. Lengths that contradict each other or the frame's length on the wire are malformed; a header that was
 * merely not captured leaves what is known without it (an IP packet without transport offset, or `other`).
 */
export function dissectFrame(
  bytes: Uint8Array,
  start: number,
  captured: number,
  original: number,
  link: number,
  into: Dissection,
): void {
  const end = start + captured
  const wireEnd = start + Math.max(captured, original)
  findNetwork(bytes, start, end, link, network)
  into.kind = Kind.other
  into.l3 = -1
  into.l4 = -1
  into.payload = 0
  into.flags = 0
  into.vlan = network.vlan
  into.protocol = 0
  if (network.offset < 0) into.kind = cutOr(end, wireEnd)
  else if (network.etherType === EtherType.ipv4) dissectIpv4(bytes, network.offset, end, wireEnd, into)
  else if (network.etherType === EtherType.ipv6) dissectIpv6(bytes, network.offset, end, wireEnd, into)
}

function dissectIpv4(bytes: Uint8Array, l3: number, end: number, wireEnd: number, into: Dissection): void {
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
  const position = u16(bytes, l3 + 6) & 0x3fff
  const protocol = bytes[l3 + 9] ?? 0
  if (position === 0) transport(bytes, l3 + header, l3 + total, end, protocol, false, into)
  else fragment(bytes, l3 + header, l3 + total, end, protocol, (position & 0x1fff) === 0, false, into)
}

function dissectIpv6(bytes: Uint8Array, l3: number, end: number, wireEnd: number, into: Dissection): void {
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
  let next = bytes[l3 + 6] ?? 0
  let at = l3 + 40
  let fragmented = false
  for (let n = 0; n < MAX_EXTENSIONS; n++) {
    const known = end - at >= 2
    const length = extensionLength(next, known ? (bytes[at + 1] ?? 0) : 0)
    if (length === 0) {
      if (fragmented) fragment(bytes, at, stop, end, next, true, true, into)
      else transport(bytes, at, stop, end, next, true, into)
      return
    }
    if (at + length > stop) break
    if (at + length > end) {
      partial(at, stop, fragmented ? Kind.fragment6 : Kind.ip6, into)
      return
    }
    if (next === Protocol.fragment) {
      const position = u16(bytes, at + 2) & 0xfff9
      fragmented = fragmented || position !== 0
      if (position > 1) {
        partial(at + length, stop, Kind.fragment6, into)
        return
      }
    }
    next = bytes[at] ?? 0
    at += length
  }
  into.kind = Kind.malformed
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
  if (least === 0 || end - at < least) {
    partial(at, stop, six ? Kind.ip6 : Kind.ip4, into)
    if (least === 0 && protocol !== Protocol.none && at < Math.min(stop, end)) {
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

/** A fragment of a datagram; the transport header is in the first one, if that is long enough. */
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
  const least = leastHeader(protocol, six)
  const here = Math.min(stop, end) - at
  if (!first || here <= 0 || here < least || protocol === Protocol.none) return
  if (protocol === Protocol.tcp) {
    const header = ((bytes[at + 12] ?? 0) >> 4) << 2
    if (header < 20) {
      into.kind = Kind.malformed
      return
    }
    if (header > stop - at) return
    into.flags = bytes[at + 13] ?? 0
    into.payload = stop - at - header
  } else into.payload = stop - at - least
  into.l4 = at
  into.protocol = protocol
}

/** A packet of which the transport header is not there: its payload is all that follows `at`. */
function partial(at: number, stop: number, kind: number, into: Dissection): void {
  into.kind = kind
  into.payload = stop - at
}

/** Bytes that the shortest header of a transport protocol takes; 0 for those that the decoder does not read. */
function leastHeader(protocol: number, six: boolean): number {
  if (protocol === Protocol.tcp) return 20
  return protocol === Protocol.udp || protocol === (six ? Protocol.icmp6 : Protocol.icmp) ? 8 : 0
}

/** What a frame is that ends within a header: merely cut by the snapshot length, or malformed. */
function cutOr(end: number, wireEnd: number): number {
  return wireEnd > end ? Kind.other : Kind.malformed
}
