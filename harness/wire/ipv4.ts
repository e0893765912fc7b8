import { putU16, u8 } from './bytes.ts'
import { writeIpv4Checksum } from './checksum.ts'

/** An IPv4 header (RFC 791), without its checksum, which `emitIpv4` computes. */
export interface Ipv4Header {
  readonly tos: number
  readonly id: number
  readonly dontFragment: boolean
  readonly moreFragments: boolean
  /** Bytes, a multiple of 8. */
  readonly fragmentOffset: number
  readonly ttl: number
  readonly protocol: number
  readonly source: Uint8Array
  readonly destination: Uint8Array
  /** As on the wire, padded to a multiple of 4; at most 40 bytes. */
  readonly options: Uint8Array
  readonly payloadLength: number
}

/** Writes the header at `at`, including its checksum, and returns the offset after it. */
export function emitIpv4(header: Ipv4Header, bytes: Uint8Array, at: number): number {
  const length = 20 + header.options.length
  bytes[at] = 0x40 | (length >> 2)
  bytes[at + 1] = header.tos
  putU16(bytes, at + 2, length + header.payloadLength)
  putU16(bytes, at + 4, header.id)
  const flags = (header.dontFragment ? 0x4000 : 0) | (header.moreFragments ? 0x2000 : 0)
  putU16(bytes, at + 6, flags | (header.fragmentOffset >> 3))
  bytes[at + 8] = header.ttl
  bytes[at + 9] = header.protocol
  bytes.set(header.source, at + 12)
  bytes.set(header.destination, at + 16)
  bytes.set(header.options, at + 20)
  writeIpv4Checksum(bytes, at)
  return at + length
}

/**
 * Whether each option of the IPv4 header at `l3` ends within the header (RFC 791 3.1), as far as it was captured before `end`; their
 * contents are not checked.
 */
export function optionsFit(bytes: Uint8Array, l3: number, end: number): boolean {
  const to = Math.min(l3 + ((u8(bytes, l3) & 15) << 2), end)
  let at = l3 + 20
  while (at + 1 < to && bytes[at] !== 0) {
    if (bytes[at] === 1) at++
    else {
      const length = u8(bytes, at + 1)
      if (length < 2 || at + length > to) return false
      at += length
    }
  }
  return true
}

const RECORD_ROUTE = 7
const TIMESTAMP = 68
/** Offset, in these options, of the pointer to the next byte, which counts from 1. */
const POINTER = 2

/**
 * Whether the IPv4 header at `l3`, whose options fit, has an option into which every router writes: a route with room, or
 * timestamps (RFC 791 3.1).
 */
export function isWrittenByRouters(bytes: Uint8Array, l3: number): boolean {
  const to = l3 + ((u8(bytes, l3) & 15) << 2)
  for (let at = l3 + 20; at + POINTER < to && bytes[at] !== 0; ) {
    const type = u8(bytes, at)
    const length = u8(bytes, at + 1)
    if (type === TIMESTAMP || (type === RECORD_ROUTE && u8(bytes, at + POINTER) <= length)) return true
    at += type === 1 ? 1 : Math.max(length, 2)
  }
  return false
}
