import { putU16 } from '../../wire/bytes.ts'
import { writeIpv4Checksum } from '../../wire/checksum.ts'
import { EtherType, Protocol } from '../../wire/numbers.ts'
import type { Carrier } from './notation.ts'

/** Where a fragment begins, in eights of bytes, and whether more come. */
export interface Part {
  readonly offset: number
  readonly more: boolean
}

const HOPS = 64
const MORE_FRAGMENTS = 0x2000
const DONT_FRAGMENT = 0x4000
const IDENTIFICATION = 7
/** Version 0 without checksum, key or sequence number (RFC 2784). */
const GRE_HEADER = 4
/** 2001:2::/48, set aside for benchmarks (RFC 5180), and an IPv4 address in its last bits. */
const BENCHMARK6 = [0x20, 0x01, 0x00, 0x02, 0, 0, 0, 0, 0, 0, 0, 0]

/** An IPv4 datagram; `addresses` of its sender and receiver. */
export function ipv4Datagram(
  protocol: number,
  [from, to]: readonly (readonly number[])[],
  body: Uint8Array,
  part?: Part,
): Uint8Array {
  const datagram = new Uint8Array(20 + body.length)
  datagram[0] = 0x45
  putU16(datagram, 2, datagram.length)
  putU16(datagram, 4, part === undefined ? 0 : IDENTIFICATION)
  putU16(datagram, 6, part === undefined ? DONT_FRAGMENT : part.offset | (part.more ? MORE_FRAGMENTS : 0))
  datagram[8] = HOPS
  datagram[9] = protocol
  datagram.set(from ?? [], 12)
  datagram.set(to ?? [], 16)
  datagram.set(body, 20)
  writeIpv4Checksum(datagram, 0)
  return datagram
}

/** The same over IPv6, between the addresses that stand for those of IPv4. */
export function ipv6Datagram(
  protocol: number,
  addresses: readonly (readonly number[])[],
  body: Uint8Array,
  part?: Part,
): Uint8Array {
  const header = part === undefined ? 0 : 8
  const datagram = new Uint8Array(40 + header + body.length)
  datagram[0] = 0x60
  putU16(datagram, 4, header + body.length)
  datagram[6] = part === undefined ? protocol : Protocol.fragment
  datagram[7] = HOPS
  addresses.forEach((address, end) => {
    datagram.set([...BENCHMARK6, ...address], 8 + 16 * end)
  })
  if (part !== undefined) {
    datagram[40] = protocol
    putU16(datagram, 42, (part.offset << 3) | (part.more ? 1 : 0))
    putU16(datagram, 46, IDENTIFICATION)
  }
  datagram.set(body, 40 + header)
  return datagram
}

/** A datagram in another one, between the ends of a tunnel. */
export function carried(
  carrier: Carrier,
  ends: readonly (readonly number[])[],
  datagram: Uint8Array,
): Uint8Array {
  if (carrier === 'ipip') return ipv4Datagram(Protocol.ipv4, ends, datagram)
  const body = new Uint8Array(GRE_HEADER + datagram.length)
  putU16(body, 2, etherTypeOf(datagram))
  body.set(datagram, GRE_HEADER)
  return ipv4Datagram(Protocol.gre, ends, body)
}

/** The EtherType of a datagram. */
export function etherTypeOf(datagram: Uint8Array): number {
  return (datagram[0] ?? 0) >> 4 === 6 ? EtherType.ipv6 : EtherType.ipv4
}
