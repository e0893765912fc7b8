import { type PacketBatch, withTunnelDepth } from '../model/batch.ts'
import { putU16, u16, u32 } from '../wire/bytes.ts'
import { writeIpv4Checksum } from '../wire/checksum.ts'
import {
  addressLength,
  datagramEnd,
  destinationAt,
  isIpv6,
  sourceAt,
  writeDatagramLength,
} from '../wire/ip.ts'
import { cutHeader, extensionLength, findFragmentHeader } from '../wire/ipv6.ts'
import type { Slab } from './slab.ts'

/** One fragment: the part of its datagram's segment that it holds. One object, refilled each time. */
export interface Fragment {
  six: boolean
  /** Offset in the segment, in bytes. */
  offset: number
  isLast: boolean
  /** Range of its data in the batch's bytes; the frame may have been captured only in part. */
  from: number
  to: number
  /** Whether it was captured completely. */
  isWhole: boolean
  /** Offset of the IP header. */
  l3: number
  /** IPv6: offset of the fragment header; IPv4: as `l3`. */
  header: number
}

/** A fragment to fill. */
export function newFragment(): Fragment {
  return { six: false, offset: 0, isLast: false, from: 0, to: 0, isWhole: false, l3: 0, header: 0 }
}

const DONT_FRAGMENT = 0x4000
const MORE_FRAGMENTS = 0x2000
const OFFSET_BITS = 0x1fff
const FRAGMENT_HEADER = 8

/** Reads packet `index`, a fragment; returns false if its fragment header was not captured. */
export function readFragment(batch: PacketBatch, index: number, into: Fragment): boolean {
  const { bytes } = batch
  const l3 = batch.l3[index] ?? 0
  const end = (batch.start[index] ?? 0) + (batch.captured[index] ?? 0)
  const six = isIpv6(bytes, l3)
  const header = six ? findFragmentHeader(bytes, l3, end) : l3
  if (header < 0) return false
  const place = u16(bytes, six ? header + 2 : l3 + 6)
  into.six = six
  into.offset = six ? place & 0xfff8 : (place & OFFSET_BITS) << 3
  into.isLast = (place & (six ? 1 : MORE_FRAGMENTS)) === 0
  into.from = six ? header + FRAGMENT_HEADER : l3 + (((bytes[l3] ?? 0) & 15) << 2)
  into.to = datagramEnd(bytes, l3)
  into.isWhole = into.to <= end
  into.l3 = l3
  into.header = header
  return true
}

/** Whether packet `index`, which is `fragment`, is the first fragment of an IPv6 datagram and ends within its headers. */
export function endsInHeaders(batch: PacketBatch, index: number, fragment: Fragment): boolean {
  const { six, offset, header, to } = fragment
  const end = (batch.start[index] ?? 0) + (batch.captured[index] ?? 0)
  return six && offset === 0 && cutHeader(batch.bytes, header, to, end) >= 0
}

/** Bytes of a fragment beyond a multiple of 8; only the last fragment may have any. */
export function oddBytes({ isLast, from, to }: Fragment): number {
  return isLast ? 0 : (to - from) & 7
}

/** A first fragment in the form of a complete datagram. */
export function alone(bytes: Uint8Array, fragment: Fragment, slab: Slab): Uint8Array {
  const head = headOf(bytes, fragment, slab)
  const { from, to } = fragment
  const whole = slab.take(head.length + to - from)
  whole.set(head)
  whole.set(bytes.subarray(from, to), head.length)
  return whole
}

/** Words of the key of a datagram. */
export const DATAGRAM_WORDS = 11

/**
 * Writes what all fragments of a datagram share (RFC 791 3.2: addresses, protocol, identification; RFC 8200 4.5: addresses,
 * identification). VLANs are distinguished, tunnels are not. `bothWays`: both directions between two hosts share identifications.
 */
export function writeDatagramKey(
  key: Int32Array,
  batch: PacketBatch,
  index: number,
  { six, l3, header }: Fragment,
  bothWays: boolean,
): void {
  const { bytes } = batch
  // VLAN ids take 24 bits.
  key[0] = (batch.vlan[index] ?? 0) | (six ? 1 << 24 : 0)
  key[1] = withTunnelDepth(batch.stack[index] ?? 0, six ? 0 : (bytes[l3 + 9] ?? 0))
  key[2] = six ? u32(bytes, header + 4) : u16(bytes, l3 + 4)
  const length = addressLength(bytes, l3)
  const source = sourceAt(bytes, l3)
  const destination = destinationAt(bytes, l3)
  const swapped = bothWays && isBefore(bytes, destination, source, length)
  writeAddress(key, 3, bytes, swapped ? destination : source, length)
  writeAddress(key, 7, bytes, swapped ? source : destination, length)
}

/** Whether the address at `a` is lower than the one at `b`. */
function isBefore(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  let order = 0
  for (let at = 0; at < length && order === 0; at += 4) order = u32(bytes, a + at) - u32(bytes, b + at)
  return order < 0
}

function writeAddress(key: Int32Array, word: number, bytes: Uint8Array, from: number, length: number): void {
  for (let at = 0; at < 4; at++) key[word + at] = at * 4 < length ? u32(bytes, from + at * 4) : 0
}

/** The headers before the segment, without fragmentation; the length field is still the fragment's. */
export function headOf(bytes: Uint8Array, { six, l3, header, from }: Fragment, slab: Slab): Uint8Array {
  if (!six) {
    const head = slab.copy(bytes, l3, from)
    putU16(head, 6, u16(head, 6) & DONT_FRAGMENT)
    return head
  }
  const head = slab.copy(bytes, l3, header)
  let pointer = 6
  for (let at = 40; at < head.length; at += extensionLength(head[pointer] ?? 0, head[at + 1] ?? 0))
    pointer = at
  head[pointer] = bytes[header] ?? 0
  return head
}

/** Completes a reassembled datagram with its length and, for IPv4, its checksum; undefined if there is none or it is too long. */
export function finishDatagram(whole: Uint8Array | undefined): Uint8Array | undefined {
  if (whole === undefined) return undefined
  const six = isIpv6(whole, 0)
  if (whole.length - (six ? 40 : 0) > 0xffff) return undefined
  writeDatagramLength(whole, 0, whole.length)
  if (!six) writeIpv4Checksum(whole, 0)
  return whole
}
