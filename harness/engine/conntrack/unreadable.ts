import { newFragment, oddBytes, readFragment } from '../../flow/fragment.ts'
import type { PacketBatch } from '../../model/batch.ts'
import { Kind } from '../../model/codes.ts'
import { cutHeader } from '../../wire/ipv6.ts'
import { Protocol } from '../../wire/numbers.ts'

/** Protocols that are tracked by fields of their own header. */
const { tcp, udp, udpLite, icmp6, sctp } = Protocol
const TRACKED: ReadonlySet<number> = new Set([tcp, udp, udpLite, icmp6, sctp])

const fragment = newFragment()

/**
 * Whether packet `index` is an IPv6 fragment that belongs to no datagram and does not contain all headers, so that it is invalid
 * (nf_conntrack_core.c); a first fragment of a protocol that is tracked by addresses alone is valid. No error is sent (no parameter
 * problem, RFC 7112).
 */
export function isUnreadable(batch: PacketBatch, index: number): boolean {
  if (batch.kind[index] !== Kind.fragment6 || !readFragment(batch, index, fragment)) return false
  if (fragment.offset > 0) return oddBytes(fragment) > 0
  if (batch.datagram[index] !== -1) return false
  const end = (batch.start[index] ?? 0) + (batch.captured[index] ?? 0)
  return TRACKED.has(cutHeader(batch.bytes, fragment.header, fragment.to, end))
}
