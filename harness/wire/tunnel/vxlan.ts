import { u8, u16 } from '../bytes.ts'
import { EtherType } from '../numbers.ts'
import type { Inner } from './inner.ts'

/** UDP port of VXLAN (RFC 7348 5). */
export const VXLAN_PORT = 4789

const HEADER = 8
const ETHERNET = 14
/** The bit which says that there is a network identifier. */
const HAS_VNI = 0x08

/** Reads the VXLAN header (RFC 7348 5) at `at`, in a UDP payload that ends at `stop`; what follows is an Ethernet frame. */
export function readVxlan(bytes: Uint8Array, at: number, stop: number, into: Inner): boolean {
  if (stop - at < HEADER + ETHERNET) return false
  if ((u8(bytes, at) & HAS_VNI) === 0 || bytes[at + 7] !== 0) return false
  const etherType = u16(bytes, at + HEADER + 12)
  into.offset = at + HEADER + ETHERNET
  into.etherType = etherType
  into.vlan = 0
  into.headers = 1
  return (
    etherType === EtherType.ipv4 ||
    etherType === EtherType.ipv6 ||
    etherType === EtherType.vlan ||
    etherType === EtherType.qinq ||
    etherType === EtherType.qinqOld
  )
}
