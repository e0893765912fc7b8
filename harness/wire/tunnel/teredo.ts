import { u8, u16 } from '../bytes.ts'
import { EtherType } from '../numbers.ts'
import type { Inner } from './inner.ts'

const ORIGIN_INDICATION = 8
const IPV6_HEADER = 40

/**
 * Reads a Teredo packet (RFC 4380 5.1.1) at `at`, in a UDP payload that ends at `stop`, on any port, as Suricata does: an IPv6
 * header with a correct length, possibly after an origin indication. Packets with authentication are not read, nor those with a hop
 * limit of 0 or with hop-by-hop options that do not fit.
 */
export function readTeredo(bytes: Uint8Array, at: number, stop: number, into: Inner): boolean {
  if (stop - at < IPV6_HEADER) return false
  let start = at
  if (bytes[at] === 0) {
    if (bytes[at + 1] !== 0 || stop - at < ORIGIN_INDICATION + IPV6_HEADER) return false
    start += ORIGIN_INDICATION
  }
  const length = u16(bytes, start + 4)
  const readable = u8(bytes, start) >> 4 === 6 && bytes[start + 7] !== 0
  if (!readable || (bytes[start + 6] === 0 && length < 8)) return false
  into.offset = start
  into.etherType = EtherType.ipv6
  into.vlan = 0
  into.headers = 0
  return start + IPV6_HEADER + length === stop
}
