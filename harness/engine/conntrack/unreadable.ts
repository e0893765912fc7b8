import { newFragment, readFragment } from '../../flow/fragment.ts'
import type { PacketBatch } from '../../model/batch.ts'
import { Kind } from '../../model/codes.ts'
import { cutHeader } from '../../wire/ipv6.ts'
import { Protocol } from '../../wire/numbers.ts'

/** Protocols that are tracked by what their header says. */
const TRACKED: ReadonlySet<number> = new Set([Protocol.tcp, Protocol.udp, Protocol.icmp6, Protocol.sctp])

const fragment = newFragment()

/**
 * Whether packet `index` is a first fragment that is none of its datagram, since it does not hold the headers, and invalid for that
 * (nf_conntrack_core.c); of a protocol that is tracked by addresses alone it is valid. Nobody is told (no parameter problem, RFC 7112).
 */
export function isUnreadable(batch: PacketBatch, index: number): boolean {
  const apart = batch.kind[index] === Kind.fragment6 && batch.datagram[index] === -1
  if (!apart || !readFragment(batch, index, fragment) || fragment.offset !== 0) return false
  const end = (batch.start[index] ?? 0) + (batch.captured[index] ?? 0)
  return TRACKED.has(cutHeader(batch.bytes, fragment.header, fragment.to, end))
}
