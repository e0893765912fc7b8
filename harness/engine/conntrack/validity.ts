import { isCall } from '../../flow/linux.ts'
import { u16 } from '../../wire/bytes.ts'
import { transportChecksum } from '../../wire/checksum.ts'
import { EtherType, Protocol } from '../../wire/numbers.ts'
import { hasRightSctpChecksum } from '../../wire/sctp.ts'
import { coveredByUdpLite } from '../../wire/udp-lite.ts'

/**
 * Whether the transport header at `l4`, of a protocol other than TCP, UDP and ICMP, is invalid in itself. The datagram at `l3` ends at
 * `stop` and is captured up to `end`; `checks`: its checksum is verified if everything that it covers was captured.
 */
export function isInvalid(
  bytes: Uint8Array,
  l3: number,
  l4: number,
  stop: number,
  end: number,
  protocol: number,
  checks: boolean,
): boolean {
  if (protocol === Protocol.gre) return isWrongCall(bytes, l4, Math.min(stop, end), protocol)
  if (protocol === Protocol.sctp) return checks && stop <= end && !hasRightSctpChecksum(bytes, l4, stop)
  if (protocol === Protocol.udpLite) return isInvalidUdpLite(bytes, l3, l4, stop, end, checks)
  return false
}

/** Whether it is GRE version 1 carrying anything but PPP (Linux nf_conntrack_proto_gre.c). */
export function isWrongCall(bytes: Uint8Array, l4: number, end: number, protocol: number): boolean {
  return protocol === Protocol.gre && isCall(bytes, l4, end) && u16(bytes, l4 + 2) !== EtherType.ppp
}

/** Whether the checksum coverage omits the header or exceeds the datagram, or the checksum is 0 or wrong (RFC 3828 3.1, udplite_error). */
function isInvalidUdpLite(
  bytes: Uint8Array,
  l3: number,
  l4: number,
  stop: number,
  end: number,
  checks: boolean,
): boolean {
  const covered = coveredByUdpLite(bytes, l4, stop)
  if (covered < 0 || u16(bytes, l4 + 6) === 0) return true
  if (!checks || covered > end) return false
  // Linux uses UDP's protocol number in the pseudo-header, as no UDP-Lite endpoint does (nf_checksum_partial with IPPROTO_UDP).
  return transportChecksum(bytes, l3, l4, stop, Protocol.udp, covered) !== 0
}
