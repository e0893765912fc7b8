import type { PacketBatch, Rebuilt } from '../../model/batch.ts'
import { Kind } from '../../model/codes.ts'
import { isWrittenByRouters } from '../../wire/ipv4.ts'
import { hasHeader } from '../../wire/ipv6.ts'
import { Protocol } from '../../wire/numbers.ts'
import { Subject } from '../subject.ts'

const subject = new Subject()

/** Whether a TCP packet is none to nftables, for which an authentication header of IPv6 is a protocol (nft_set_pktinfo_ipv6). */
export function isHidden(batch: PacketBatch, cause: number | Rebuilt): boolean {
  const { kind, bytes, l3, l4 } = subject.look(batch, cause)
  return kind === Kind.tcp6 && hasHeader(bytes, l3, l4, Protocol.authentication)
}

/**
 * Whether Linux has written into an option of an IPv4 packet before its rules see it: the header's checksum is right again only when it
 * leaves, and takes part where a reject looks at that of TCP (nf_ip_checksum).
 */
export function isRewritten(batch: PacketBatch, cause: number | Rebuilt): boolean {
  const { kind, bytes, l3 } = subject.look(batch, cause)
  return kind === Kind.tcp4 && isWrittenByRouters(bytes, l3)
}
