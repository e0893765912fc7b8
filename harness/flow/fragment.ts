import type { PacketBatch } from '../model/batch.ts'
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
import { extensionLength, findFragmentHeader } from '../wire/ipv6.ts'

/** One fragment: which datagram it is of, and what part of its segment. */
export interface Fragment {
  /** The same for all fragments of a datagram. */
  readonly key: string
  readonly six: boolean
  /** Bytes of the segment before it. */
  readonly offset: number
  readonly isLast: boolean
  /** Where its data lies in the batch's bytes; the frame may have been captured only in part. */
  readonly from: number
  readonly to: number
  /** Whether all of it was captured. */
  readonly isWhole: boolean
  /** Offset of the IP header. */
  readonly l3: number
  /** IPv6: offset of the fragment header. */
  readonly header: number
}

const DONT_FRAGMENT = 0x4000
const MORE_FRAGMENTS = 0x2000
const OFFSET_BITS = 0x1fff
const FRAGMENT_HEADER = 8

/**
 * Reads packet `index`, a fragment; undefined where its fragment header was not captured. `bothWays`: both directions between
 * two hosts share identifications.
 */
export function readFragment(batch: PacketBatch, index: number, bothWays: boolean): Fragment | undefined {
  const { bytes } = batch
  const l3 = batch.l3[index] ?? 0
  const end = (batch.start[index] ?? 0) + (batch.captured[index] ?? 0)
  const to = datagramEnd(bytes, l3)
  const six = isIpv6(bytes, l3)
  const header = six ? findFragmentHeader(bytes, l3, end) : l3
  if (header < 0) return undefined
  const place = u16(bytes, six ? header + 2 : l3 + 6)
  return {
    key: keyOf(bytes, l3, header, placeOf(batch, index), bothWays),
    six,
    offset: six ? place & 0xfff8 : (place & OFFSET_BITS) << 3,
    isLast: (place & (six ? 1 : MORE_FRAGMENTS)) === 0,
    from: six ? header + FRAGMENT_HEADER : l3 + (((bytes[l3] ?? 0) & 15) << 2),
    to,
    isWhole: to <= end,
    l3,
    header,
  }
}

/** VLANs are kept apart, tunnels are not. */
function placeOf(batch: PacketBatch, index: number): string {
  const stack = (batch.stack[index] ?? 0) >> 8
  return stack === 0 ? `${batch.vlan[index]}` : `${batch.vlan[index]}/${stack}`
}

/** RFC 791 3.2: addresses, protocol, identification. RFC 8200 4.5: addresses, identification. */
function keyOf(bytes: Uint8Array, l3: number, header: number, place: string, bothWays: boolean): string {
  const six = header !== l3
  const id = six ? `${u32(bytes, header + 4)}` : `${u16(bytes, l3 + 4)} ${bytes[l3 + 9]}`
  const source = addressText(bytes, sourceAt(bytes, l3), addressLength(bytes, l3))
  const destination = addressText(bytes, destinationAt(bytes, l3), addressLength(bytes, l3))
  const swapped = bothWays && source > destination
  return swapped ? `${place} ${id}${destination}${source}` : `${place} ${id}${source}${destination}`
}

function addressText(bytes: Uint8Array, from: number, length: number): string {
  let text = ''
  for (let at = from; at < from + length; at += 4) text += ` ${u32(bytes, at)}`
  return text
}

/** The headers before the segment as they are without fragmentation; the length is still the fragment's. */
export function headOf(bytes: Uint8Array, { six, l3, header, from }: Fragment): Uint8Array {
  if (!six) {
    const head = bytes.slice(l3, from)
    putU16(head, 6, u16(head, 6) & DONT_FRAGMENT)
    return head
  }
  const head = bytes.slice(l3, header)
  let pointer = 6
  for (let at = 40; at < head.length; at += extensionLength(head[pointer] ?? 0, head[at + 1] ?? 0))
    pointer = at
  head[pointer] = bytes[header] ?? 0
  return head
}

/** Gives a datagram put together its length and, for IPv4, its checksum; false: it is longer than a datagram can be. */
export function finishDatagram(whole: Uint8Array): boolean {
  const six = isIpv6(whole, 0)
  if (whole.length - (six ? 40 : 0) > 0xffff) return false
  writeDatagramLength(whole, 0, whole.length)
  if (!six) writeIpv4Checksum(whole, 0)
  return true
}
