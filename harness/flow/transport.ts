import { u16 } from '../wire/bytes.ts'
import { isIpv6 } from '../wire/ip.ts'
import { extensionLength } from '../wire/ipv6.ts'
import { hasPorts, Protocol } from '../wire/numbers.ts'

/** IP protocol of the packet at `l3` in a frame that ends at `end`: for IPv6 that after the captured extension headers. */
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
 * The ports in the key of a flow, source << 16 | destination: those of TCP, UDP and SCTP; for ICMP the type and
 * that of its reply (as in Suricata's keys: without identifier; for ICMPv6 with the code on the packet's own side), else 0.
 * Undefined: they cannot be read.
 */
export function flowPorts(bytes: Uint8Array, l4: number, protocol: number, six: boolean): number | undefined {
  const isIcmp = protocol === icmpOf(six)
  if (!isIcmp && !hasPorts(protocol)) return 0
  if (l4 < 0) return undefined
  if (!isIcmp) return (u16(bytes, l4) << 16) | u16(bytes, l4 + 2)
  const type = bytes[l4] ?? 0
  if (!six) return (type << 16) | counterpart4(type)
  return ((bytes[l4 + 1] ?? 0) << 24) | (type << 16) | counterpart6(type)
}

/** The protocol number of a family's own ICMP. */
export function icmpOf(six: boolean): number {
  return six ? Protocol.icmp6 : Protocol.icmp
}

/**
 * The ICMP type that replies to a type, or that it replies to: echo, router, timestamp, information, mask (RFC 792, 950, 1256); 0
 * for types without counterpart, so that each direction of them is a flow.
 */
function counterpart4(type: number): number {
  switch (type) {
    case 0:
      return 8
    case 9:
    case 13:
    case 15:
    case 17:
      return type + 1
    case 10:
    case 14:
    case 16:
    case 18:
      return type - 1
    default:
      return 0
  }
}

/**
 * The same for ICMPv6: echo, listeners, router and neighbour, node information, home agents, mobile prefixes, certification
 * paths, multicast routers, duplicate addresses (IANA registry).
 */
function counterpart6(type: number): number {
  for (const first of PAIRS6) {
    if (type === first) return first + 1
    if (type === first + 1) return first
  }
  return 0
}

const PAIRS6 = [128, 130, 133, 135, 139, 144, 146, 148, 151, 157] as const
