import { putU16, u8, u16 } from './bytes.ts'
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

/** Why the bytes from `at` to `end` do not start with a readable IPv4 header; undefined when they do. */
export function checkIpv4(bytes: Uint8Array, at: number, end: number): string | undefined {
  if (end - at < 20) return `IPv4 needs 20 bytes, ${end - at} are there`
  const first = u8(bytes, at)
  const header = (first & 15) << 2
  if (first >> 4 !== 4) return `IP version is ${first >> 4}, not 4`
  if (header < 20) return `IPv4 header length is ${header}, less than 20`
  if (end - at < header) return `IPv4 header length is ${header}, ${end - at} bytes are there`
  if (u16(bytes, at + 2) < header) return `IPv4 total length is ${u16(bytes, at + 2)}, less than its header`
  return undefined
}

/** Reads the header at `at`; undefined where `checkIpv4` has a reason. */
export function parseIpv4(bytes: Uint8Array, at: number, end: number): Ipv4Header | undefined {
  if (checkIpv4(bytes, at, end) !== undefined) return undefined
  const header = (u8(bytes, at) & 15) << 2
  const fragment = u16(bytes, at + 6)
  return {
    tos: u8(bytes, at + 1),
    id: u16(bytes, at + 4),
    dontFragment: (fragment & 0x4000) !== 0,
    moreFragments: (fragment & 0x2000) !== 0,
    fragmentOffset: (fragment & 0x1fff) << 3,
    ttl: u8(bytes, at + 8),
    protocol: u8(bytes, at + 9),
    source: bytes.slice(at + 12, at + 16),
    destination: bytes.slice(at + 16, at + 20),
    options: bytes.slice(at + 20, at + header),
    payloadLength: u16(bytes, at + 2) - header,
  }
}

/** Writes the header at `at`, checksum included, and answers the offset behind it. */
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
 * Whether each option of the IPv4 header at `l3` ends within the header (RFC 791 3.1), as far as it is there before `end`; what
 * they say is not looked at.
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
