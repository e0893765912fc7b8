import { linuxPorts } from '../../flow/linux.ts'
import { u16, u32 } from '../../wire/bytes.ts'
import { findQuote, type Quote } from '../../wire/icmp.ts'
import { addressLength, destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'
import { isWrongCall } from './validity.ts'

/** ICMP queries, which create an entry: echo, timestamp, information, mask; for ICMPv6 echo and node information. */
const QUERIES = new Set([8, 13, 15, 17])
const QUERIES6 = new Set([128, 139])
/** The types that reply to them. */
const ANSWERS = new Set([0, 14, 16, 18])
const ANSWERS6 = new Set([129, 140])

/** ICMPv6 messages of multicast listener, router and neighbour discovery, which are not tracked. */
const UNTRACKED6 = new Set([130, 131, 132, 133, 134, 135, 136, 143, 151, 152])

/** How the tracker treats an ICMP message that is no error. */
export const IcmpRole = { query: 0, answer: 1, other: 2, untracked: 3 } as const

/** The `IcmpRole` of a type (Linux nf_conntrack_proto_icmp.c, nf_conntrack_proto_icmpv6.c). */
export function icmpRole(type: number, six: boolean): number {
  if ((six ? QUERIES6 : QUERIES).has(type)) return IcmpRole.query
  if ((six ? ANSWERS6 : ANSWERS).has(type)) return IcmpRole.answer
  return six && UNTRACKED6.has(type) ? IcmpRole.untracked : IcmpRole.other
}

/** Code and identifier of the ICMP header at `l4`, in 24 bits: they distinguish the queries between two hosts. */
export function queryOf(bytes: Uint8Array, l4: number): number {
  return ((bytes[l4 + 1] ?? 0) << 16) | u16(bytes, l4 + 4)
}

const quote: Quote = { l3: 0, l4: -1, protocol: 0 }

/**
 * Finds the packet that the ICMP error at `l4` quotes. Undefined if there is none, if too little is quoted to identify its flow, or if the
 * error does not go to the sender of the quoted packet: such an error is related to nothing. The result is valid until the next call.
 */
export function relatedQuote(
  bytes: Uint8Array,
  l3: number,
  l4: number,
  end: number,
  six: boolean,
): Readonly<Quote> | undefined {
  if (!findQuote(bytes, l4, end, six, quote, true)) return undefined
  const { l4: at, protocol } = quote
  if (linuxPorts(bytes, at, end, protocol, six) === undefined) return undefined
  if (at < 0 ? isLaterFragment(bytes, quote.l3) : isWrongCall(bytes, at, end, protocol)) return undefined
  const outer = destinationAt(bytes, l3)
  const inner = sourceAt(bytes, quote.l3)
  for (let at = 0; at < addressLength(bytes, l3); at += 4)
    if (u32(bytes, outer + at) !== u32(bytes, inner + at)) return undefined
  return quote
}

/** Of IPv6, such a quote is not found at all. */
function isLaterFragment(bytes: Uint8Array, l3: number): boolean {
  return !isIpv6(bytes, l3) && (u16(bytes, l3 + 6) & 0x1fff) !== 0
}
