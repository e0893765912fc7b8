import { u16 } from '../wire/bytes.ts'
import { isIpv6 } from '../wire/ip.ts'
import { extensionLength } from '../wire/ipv6.ts'
import { Protocol } from '../wire/numbers.ts'

/** IP protocol of the packet at `l3` in a frame that ends at `end`: behind IPv6's extension headers as far as they are there. */
export function ipProtocol(bytes: Uint8Array, l3: number, end: number): number {
  if (!isIpv6(bytes, l3)) return bytes[l3 + 9] ?? 0
  let next = bytes[l3 + 6] ?? 0
  let at = l3 + 40
  while (end - at >= 2) {
    const length = extensionLength(next, bytes[at + 1] ?? 0)
    if (length === 0) break
    next = bytes[at] ?? 0
    at += length
  }
  return next
}

/**
 * What stands for ports in the key of a flow, source << 16 | destination: ports of TCP and UDP, for ICMP the query type of a
 * pair of query and answer on both sides (as Suricata keys them: not the identifier), else 0. Undefined: they cannot be read.
 */
export function flowPorts(bytes: Uint8Array, l4: number, protocol: number, six: boolean): number | undefined {
  const isIcmp = protocol === icmpOf(six)
  if (!isIcmp && protocol !== Protocol.tcp && protocol !== Protocol.udp) return 0
  if (l4 < 0) return undefined
  if (!isIcmp) return (u16(bytes, l4) << 16) | u16(bytes, l4 + 2)
  const type = bytes[l4] ?? 0
  const query = six ? queryOf6(type) : queryOf4(type)
  return (query << 16) | query
}

/** The protocol number of a family's own ICMP. */
export function icmpOf(six: boolean): number {
  return six ? Protocol.icmp6 : Protocol.icmp
}

/** The query that an ICMP type asks or answers: echo, router, timestamp, information, mask (RFC 792, 950, 1256). */
function queryOf4(type: number): number {
  if (type === 0) return 8
  if (type === 9) return 10
  return type === 14 || type === 16 || type === 18 ? type - 1 : type
}

/** The same for ICMPv6: echo, router and neighbour (RFC 4443, 4861). */
function queryOf6(type: number): number {
  return type === 129 || type === 134 || type === 136 ? type - 1 : type
}
