import { u8, u16 } from '../bytes.ts'
import { EtherType } from '../numbers.ts'
import type { Inner } from './inner.ts'

/** Bits of the first byte (RFC 1701, RFC 2784, RFC 2890), and of the second of version 1 (RFC 2637 4.1). */
const CHECKSUM = 0x80
const ROUTING = 0x40
const KEY = 0x20
const SEQUENCE = 0x10
const STRICT_ROUTE = 0x08
const RECURSION = 0x07
const ACKNOWLEDGEMENT = 0x80
const FLAGS = 0x78

const ERSPAN_HEADER = 8

/**
 * Reads the GRE header at `at`, in a datagram that ends at `stop`: version 0 with checksum, key, sequence number and source
 * routes, or version 1, which PPTP uses and which carries PPP.
 */
export function readGre(bytes: Uint8Array, at: number, stop: number, into: Inner): boolean {
  if (stop - at < 4) return false
  const first = u8(bytes, at)
  const second = u8(bytes, at + 1)
  const protocol = u16(bytes, at + 2)
  if ((first & RECURSION) !== 0 || (second & FLAGS) !== 0) return false
  const version = second & 7
  const offset =
    version === 0 ? behindVersion0(bytes, at, stop) : version === 1 ? behindVersion1(bytes, at) : -1
  if (offset < 0 || offset > stop) return false
  into.offset = offset
  into.etherType = protocol
  into.vlan = 0
  into.headers = 1
  if (version === 1) return protocol === EtherType.ppp && u16(bytes, at + 4) !== 0
  if (protocol === EtherType.erspan) return readErspan(bytes, offset, stop, (first & SEQUENCE) !== 0, into)
  return (
    protocol === EtherType.ipv4 ||
    protocol === EtherType.ipv6 ||
    protocol === EtherType.ppp ||
    protocol === EtherType.vlan ||
    protocol === EtherType.bridge
  )
}

function behindVersion0(bytes: Uint8Array, at: number, stop: number): number {
  const first = u8(bytes, at)
  let end = at + 4
  if ((first & KEY) !== 0) end += 4
  if ((first & SEQUENCE) !== 0) end += 4
  if ((first & (CHECKSUM | ROUTING)) !== 0) end += 4
  if ((first & ROUTING) === 0) return end
  // Source route entries (RFC 1701): address family, offset, length; an empty one ends them.
  for (;;) {
    if (end + 4 > stop) return -1
    const length = u8(bytes, end + 3)
    const last = length === 0 && u16(bytes, end) === 0
    end += 4 + length
    if (last) return end
  }
}

function behindVersion1(bytes: Uint8Array, at: number): number {
  const first = u8(bytes, at)
  if ((first & (CHECKSUM | ROUTING | STRICT_ROUTE)) !== 0 || (first & KEY) === 0) return -1
  const numbers = ((first & SEQUENCE) !== 0 ? 4 : 0) + ((u8(bytes, at + 1) & ACKNOWLEDGEMENT) !== 0 ? 4 : 0)
  return at + 8 + numbers
}

/** ERSPAN: a mirrored Ethernet frame; type II, recognised by GRE's sequence number, has a header of its own. */
function readErspan(bytes: Uint8Array, at: number, stop: number, typeTwo: boolean, into: Inner): boolean {
  into.etherType = EtherType.bridge
  if (!typeTwo) return true
  if (stop - at < ERSPAN_HEADER || u8(bytes, at) >> 4 !== 1) return false
  into.offset = at + ERSPAN_HEADER
  into.headers = 2
  into.vlan = u16(bytes, at) & 0xfff
  return true
}
