import { Kind, Tunnels } from '../../model/codes.ts'
import { u8 } from '../bytes.ts'
import { EtherType, Protocol } from '../numbers.ts'
import type { Inner } from './inner.ts'

/**
 * Whether IP protocol `protocol`, whose data is at `at`, is a packet in IP (RFC 2003, RFC 2473, RFC 4213 3): IPv6 in
 * either, IPv4 in IPv6, and IPv4 in IPv4 if that counts. `behindExtensions`: IPv6 extension headers precede it, after which
 * only IPv4 is recognised.
 */
export function readIpInIp(
  bytes: Uint8Array,
  at: number,
  protocol: number,
  kind: number,
  behindExtensions: boolean,
  tunnels: number,
  into: Inner,
): boolean {
  const version = u8(bytes, at) >> 4
  into.offset = at
  into.vlan = 0
  into.headers = 0
  if (protocol === Protocol.ipv6) {
    into.etherType = EtherType.ipv6
    return version === 6 && !behindExtensions
  }
  into.etherType = EtherType.ipv4
  const counts = kind === Kind.ip6 || tunnels === Tunnels.innerWithIpv4InIpv4
  return protocol === Protocol.ipv4 && version === 4 && counts
}
