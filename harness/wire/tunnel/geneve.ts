import { u8, u16 } from '../bytes.ts'
import { EtherType } from '../numbers.ts'
import type { Inner } from './inner.ts'

/** UDP port of GENEVE (RFC 8926 3.3). */
export const GENEVE_PORT = 6081

const HEADER = 8
const OPTION_HEADER = 4

/**
 * Reads the GENEVE header (RFC 8926 3.4) at `at`, in a UDP payload that ends at `stop`. Returns false if it is none: another
 * version, reserved bits set, options that do not add up, or contents that the decoder does not read.
 */
export function readGeneve(bytes: Uint8Array, at: number, stop: number, into: Inner): boolean {
  if (stop - at < HEADER) return false
  const first = u8(bytes, at)
  const options = at + HEADER
  const end = options + ((first & 0x3f) << 2)
  if (first >> 6 !== 0 || end > stop || (u8(bytes, at + 1) & 0x3f) !== 0 || bytes[at + 7] !== 0) return false
  let option = options
  while (option < end) option += OPTION_HEADER + ((u8(bytes, option + 3) & 0x1f) << 2)
  const etherType = u16(bytes, at + 2)
  into.offset = end
  into.etherType = etherType
  into.vlan = 0
  into.headers = 1
  const known = etherType === EtherType.ipv4 || etherType === EtherType.ipv6 || etherType === EtherType.bridge
  return option === end && known
}
