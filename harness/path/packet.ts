import type { PacketBatch } from '../model/batch.ts'
import { Kind, Tcp } from '../model/codes.ts'
import { isIcmpError } from '../wire/icmp.ts'
import { datagramEnd, isIpv6 } from '../wire/ip.ts'
import { Protocol } from '../wire/numbers.ts'

/** A TCP packet that does not open a connection. Fragments do not count: the load balancer does not see their flags. */
export function isTcpMiss({ kind, flags }: PacketBatch, index: number): boolean {
  const tcp = kind[index] === Kind.tcp4 || kind[index] === Kind.tcp6
  return tcp && ((flags[index] ?? 0) & (Tcp.syn | Tcp.ack)) !== Tcp.syn
}

/** Whether a packet that is not an ICMP error belongs to a TCP flow: TCP or a fragment of it. */
export function isTcpFlow({ kind, l3, bytes }: PacketBatch, index: number): boolean {
  const at = l3[index] ?? 0
  switch (kind[index]) {
    case Kind.tcp4:
    case Kind.tcp6:
      return true
    case Kind.fragment4:
      return bytes[at + 9] === Protocol.tcp
    case Kind.fragment6:
      return bytes[at + 6] === Protocol.fragment && bytes[at + 40] === Protocol.tcp
    default:
      return false
  }
}

/** Whether this is an ICMP error, which travels with the flow that it quotes but does not make an entry for it. */
export function isAboutFlow({ kind, l4, bytes }: PacketBatch, index: number): boolean {
  const six = kind[index] === Kind.icmp6
  return (six || kind[index] === Kind.icmp4) && isIcmpError(bytes[l4[index] ?? -1] ?? 0, six)
}

/**
 * The protocol number of a packet with an IP header. For fragments: the protocol of the fragmented datagram, if the fragment
 * header comes first.
 */
export function protocolOf({ kind, l3, bytes }: PacketBatch, index: number): number {
  const at = l3[index] ?? 0
  switch (kind[index]) {
    case Kind.tcp4:
    case Kind.tcp6:
      return Protocol.tcp
    case Kind.udp4:
    case Kind.udp6:
      return Protocol.udp
    case Kind.icmp6:
      return Protocol.icmp6
    default: {
      const next = bytes[at + (isIpv6(bytes, at) ? 6 : 9)] ?? 0
      return next === Protocol.fragment ? (bytes[at + 40] ?? 0) : next
    }
  }
}

/** Bytes of the IP packet according to its own length field; 0 without an IP header. */
export function ipLength({ l3, bytes }: PacketBatch, index: number): number {
  const at = l3[index] ?? -1
  return at < 0 ? 0 : datagramEnd(bytes, at) - at
}
