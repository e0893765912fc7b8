import type { PacketBatch, Rebuilt } from '../../model/batch.ts'
import { Kind } from '../../model/codes.ts'
import { u16 } from '../../wire/bytes.ts'
import { transportChecksum } from '../../wire/checksum.ts'
import { datagramEnd } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'

const PROTOCOLS: Readonly<Record<number, number>> = {
  [Kind.tcp4]: Protocol.tcp,
  [Kind.tcp6]: Protocol.tcp,
  [Kind.udp4]: Protocol.udp,
  [Kind.udp6]: Protocol.udp,
  [Kind.icmp4]: Protocol.icmp,
  [Kind.icmp6]: Protocol.icmp6,
}

/**
 * Whether the transport checksum of a packet, or of the datagram that its fragment completed, is wrong. A truncated packet's is not
 * considered wrong, nor that of a UDP datagram without checksum, even over IPv6 (nf_conntrack_proto_udp.c).
 */
export function hasBadChecksum(batch: PacketBatch, cause: number | Rebuilt): boolean {
  const whole = typeof cause !== 'number'
  const bytes = whole ? cause.bytes : batch.bytes
  const l3 = whole ? 0 : (batch.l3[cause] ?? 0)
  const l4 = whole ? cause.l4 : (batch.l4[cause] ?? -1)
  const protocol = PROTOCOLS[whole ? cause.kind : (batch.kind[cause] ?? Kind.other)]
  const captured = whole ? bytes.length : (batch.start[cause] ?? 0) + (batch.captured[cause] ?? 0)
  if (protocol === undefined || l4 < 0) return false
  if (protocol === Protocol.udp && u16(bytes, l4 + 6) === 0) return false
  const stop = protocol === Protocol.udp ? l4 + u16(bytes, l4 + 4) : datagramEnd(bytes, l3)
  return stop <= captured && transportChecksum(bytes, l3, l4, stop, protocol) !== 0
}
