import { Link } from '../model/codes.ts'
import { putU16, u8, u16 } from './bytes.ts'
import { EtherType } from './numbers.ts'

/** What follows a frame's link header and tags. */
export interface NetworkStart {
  /** Offset of the network header; -1 if the frame ends before it. */
  offset: number
  /** EtherType of what starts there; 0 if it is none that the decoder knows. */
  etherType: number
  /** The outer two VLAN ids, outer << 12 | inner. */
  vlan: number
  /** The third VLAN id. */
  innerVlan: number
  /** Headers read, as `MAX_LAYERS` counts them: Ethernet or PPP, each VLAN tag, a stack of labels. */
  layers: number
  /** Offset of the link layer's length field for what follows (PPPoE, NFLOG); -1: it has none. */
  lengthAt: number
}

/** VLAN tags that are followed; after a fourth one nothing is read (Suricata 7.0.10 decode-vlan.h). */
const MAX_VLANS = 3
/** MPLS labels with a special meaning: IPv4 follows, or IPv6; the other reserved ones say nothing about what follows (RFC 3032 2.1). */
const Label = { ipv4: 0, ipv6: 2, lastReserved: 14 } as const
const PSEUDOWIRE_CONTROL = 4
/** Below this, an Ethernet type field is an 802.3 length. */
const FIRST_ETHER_TYPE = 0x0600

/**
 * Finds the network header of the frame in bytes[start, end): skips the link header of `link` (a `Link` code), VLAN tags
 * (802.1Q, 802.1ad, the older 0x9100), MPLS labels and PPPoE. Never reads outside the frame, never throws.
 */
export function findNetwork(
  bytes: Uint8Array,
  start: number,
  end: number,
  link: number,
  into: NetworkStart,
): void {
  into.offset = -1
  into.etherType = 0
  into.vlan = 0
  into.innerVlan = 0
  into.layers = 0
  into.lengthAt = -1
  switch (link) {
    case Link.ethernet:
      fixedHeader(bytes, start, end, 14, 12, into)
      into.layers = 1
      break
    case Link.sll:
      fixedHeader(bytes, start, end, 16, 14, into)
      into.layers = 1
      break
    case Link.sll2:
      fixedHeader(bytes, start, end, 20, 0, into)
      break
    case Link.chdlc:
      fixedHeader(bytes, start, end, 4, 2, into)
      into.layers = 1
      break
    case Link.raw:
    case Link.raw4:
    case Link.raw6:
      byVersion(bytes, start, end, link, into)
      break
    case Link.null:
    case Link.loop:
      addressFamily(bytes, start, end, into)
      break
    case Link.ppp:
      ppp(bytes, start, end, into)
      into.layers = 1
      break
    case Link.nflog:
      nflog(bytes, start, end, into)
      break
    default:
      into.offset = start
  }
  skipTags(bytes, end, into)
}

/** Like `findNetwork`, for what starts at `at` with that EtherType, which may be a tag's. */
export function findNetworkFrom(
  bytes: Uint8Array,
  at: number,
  end: number,
  etherType: number,
  into: NetworkStart,
): void {
  into.offset = at
  into.etherType = etherType
  into.vlan = 0
  into.innerVlan = 0
  into.layers = 0
  into.lengthAt = -1
  skipTags(bytes, end, into)
}

/** Adds a VLAN id that was not in a tag as the outermost one. */
export function putVlanBefore(vlan: number, into: NetworkStart): void {
  const outer = into.vlan >> 12
  if (into.vlan === 0) into.vlan = vlan
  else if (outer === 0) into.vlan |= vlan << 12
  else {
    into.innerVlan = into.vlan & 0xfff
    into.vlan = (vlan << 12) | outer
  }
}

/** A `NetworkStart` to fill. */
export function newNetworkStart(): NetworkStart {
  return { offset: 0, etherType: 0, vlan: 0, innerVlan: 0, layers: 0, lengthAt: -1 }
}

/** Updates the link layer's own length field, if it has one, after the frame's packet changed in length. */
export function fitLink(frame: Uint8Array, link: number): void {
  const found = newNetworkStart()
  findNetwork(frame, 0, frame.length, link, found)
  const at = found.lengthAt
  if (at < 0) return
  const counted = frame.length - at
  if (link !== Link.nflog) putU16(frame, at, counted - 2)
  else putU16(frame, at, frame[at + 3] === 0 ? ((counted & 0xff) << 8) | (counted >> 8) : counted)
}

/** A link header of `length` bytes that holds an EtherType at `typeAt`. */
function fixedHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
  length: number,
  typeAt: number,
  into: NetworkStart,
): void {
  if (end - start < length) return
  into.offset = start + length
  into.etherType = u16(bytes, start + typeAt)
}

/** No link header: the IP version gives the family, unless the link type does. */
function byVersion(bytes: Uint8Array, at: number, end: number, link: number, into: NetworkStart): void {
  into.offset = end > at ? at : -1
  into.etherType = 0
  const version = u8(bytes, at) >> 4
  if (end <= at) return
  if (link === Link.raw4 || (link === Link.raw && version === 4)) into.etherType = EtherType.ipv4
  if (link === Link.raw6 || (link === Link.raw && version === 6)) into.etherType = EtherType.ipv6
}

/** BSD loopback: an address family in the byte order of the recording machine, which is unknown. */
function addressFamily(bytes: Uint8Array, at: number, end: number, into: NetworkStart): void {
  if (end - at < 4) return
  into.offset = at + 4
  const high = u16(bytes, at)
  const low = u16(bytes, at + 2)
  const family = high === 0 ? low : low === 0 ? swapped(bytes, at) : 0
  if (family === 2) into.etherType = EtherType.ipv4
  if (family === 24 || family === 28 || family === 30) into.etherType = EtherType.ipv6
}

/** PPP with or without the HDLC address and control bytes, protocol field of two bytes or compressed to one (RFC 1661). */
function ppp(bytes: Uint8Array, start: number, end: number, into: NetworkStart): void {
  const at = end - start >= 2 && u16(bytes, start) === 0xff03 ? start + 2 : start
  const length = (u8(bytes, at) & 1) === 1 ? 1 : 2
  if (end - at < length) return
  into.offset = at + length
  into.etherType = etherTypeOfPpp(length === 1 ? u8(bytes, at) : u16(bytes, at))
}

function etherTypeOfPpp(protocol: number): number {
  if (protocol === 0x0021) return EtherType.ipv4
  if (protocol === 0x0057) return EtherType.ipv6
  return protocol === 0x0281 ? EtherType.mpls : 0
}

/**
 * Linux's netfilter log: attributes, of which type 9 holds the packet. Their numbers are in the recording machine's
 * byte order; types are small, so the position of the zero byte gives the order.
 */
function nflog(bytes: Uint8Array, start: number, end: number, into: NetworkStart): void {
  const family = u8(bytes, start)
  let at = start + 4
  while (end - at >= 4) {
    const little = bytes[at + 3] === 0
    const length = little ? swapped(bytes, at) : u16(bytes, at)
    if (length < 4) return
    if ((little ? swapped(bytes, at + 2) : u16(bytes, at + 2)) === 9) {
      into.offset = at + 4
      into.lengthAt = at
      into.etherType = family === 2 ? EtherType.ipv4 : family === 10 ? EtherType.ipv6 : 0
      return
    }
    at += (length + 3) & ~3
  }
}

/** Follows VLAN tags, MPLS labels and PPPoE until an EtherType that is none of them. */
function skipTags(bytes: Uint8Array, end: number, into: NetworkStart): void {
  let vlans = 0
  for (;;) {
    const at = into.offset
    const { etherType } = into
    const length = tagLength(etherType)
    if (length === 0) {
      if (etherType < FIRST_ETHER_TYPE) into.etherType = 0
      return
    }
    if (end - at < length) {
      into.offset = -1
      into.etherType = 0
      return
    }
    into.offset = at + length
    if (etherType === EtherType.pppoeSession) {
      into.lengthAt = at + 4
      into.etherType = etherTypeOfPpp(u16(bytes, at + 6))
    } else if (etherType === EtherType.mpls || etherType === EtherType.mplsMulticast) {
      if ((u8(bytes, at + 2) & 1) === 1) belowLabels(bytes, at, end, into)
    } else {
      if (vlans === MAX_VLANS) {
        into.etherType = 0
        return
      }
      const id = u16(bytes, at) & 0xfff
      if (vlans++ < 2) into.vlan = (into.vlan << 12) | id
      else into.innerVlan = id
      into.layers++
      into.etherType = u16(bytes, at + 2)
    }
  }
}

/** What follows the label at the bottom of a stack: what the label says, else what the first nibble suggests (RFC 4928 2). */
function belowLabels(bytes: Uint8Array, at: number, end: number, into: NetworkStart): void {
  const label = (u16(bytes, at) << 4) | (u8(bytes, at + 2) >> 4)
  const next = at + 4
  into.layers++
  if (label === Label.ipv4) into.etherType = EtherType.ipv4
  else if (label === Label.ipv6) into.etherType = EtherType.ipv6
  else if (label <= Label.lastReserved) into.etherType = 0
  else if (end - next >= PSEUDOWIRE_CONTROL && u8(bytes, next) >> 4 === 0) {
    into.offset = -1
    into.etherType = 0
    fixedHeader(bytes, next + PSEUDOWIRE_CONTROL, end, 14, 12, into)
    into.layers++
  } else byVersion(bytes, next, end, Link.raw, into)
}

/** Length of a tag of this EtherType; 0: it is no tag. */
function tagLength(etherType: number): number {
  switch (etherType) {
    case EtherType.vlan:
    case EtherType.qinq:
    case EtherType.qinqOld:
    case EtherType.mpls:
    case EtherType.mplsMulticast:
      return 4
    case EtherType.pppoeSession:
      return 8
    default:
      return 0
  }
}

/** Little-endian 16-bit number. */
function swapped(bytes: Uint8Array, at: number): number {
  return (u8(bytes, at + 1) << 8) | u8(bytes, at)
}
