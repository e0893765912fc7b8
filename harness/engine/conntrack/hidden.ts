import type { PacketBatch, Rebuilt } from '../../model/batch.ts'
import { Kind } from '../../model/codes.ts'
import { isWrittenByRouters } from '../../wire/ipv4.ts'
import { hasHeader } from '../../wire/ipv6.ts'
import { Protocol } from '../../wire/numbers.ts'
import { Subject } from '../subject.ts'

const subject = new Subject()

/** Whether nftables does not see the TCP packet as TCP: it takes an IPv6 authentication header for a protocol (nft_set_pktinfo_ipv6). */
export function isHidden(batch: PacketBatch, cause: number | Rebuilt): boolean {
  const { kind, bytes, l3, l4 } = subject.look(batch, cause)
  return kind === Kind.tcp6 && hasHeader(bytes, l3, l4, Protocol.authentication)
}

/**
 * Whether Linux has rewritten an option of an IPv4 packet before its rules see it. The header's checksum is corrected only when the
 * packet leaves, and a reject includes the header when it verifies the TCP checksum (nf_ip_checksum).
 */
export function isRewritten(batch: PacketBatch, cause: number | Rebuilt): boolean {
  const { kind, bytes, l3 } = subject.look(batch, cause)
  return kind === Kind.tcp4 && isWrittenByRouters(bytes, l3)
}
