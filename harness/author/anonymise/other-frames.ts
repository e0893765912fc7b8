import { u16, u32 } from '../../wire/bytes.ts'
import type { NetworkStart } from '../../wire/links.ts'
import { EtherType } from '../../wire/numbers.ts'
import { changeHeader } from './headers.ts'
import type { Maps } from './maps.ts'

const ARP = 0x0806
const RARP = 0x8035
/** Ethernet addresses of 6 bytes and IPv4 addresses of 4 (RFC 826). */
const ETHERNET_IPV4 = 0x0001_0800
const LENGTHS = 0x0604

/** Changes what a frame carries in which no IP datagram was found: ARP, headers that are wrong, protocols that are not read. */
export function changeOther(bytes: Uint8Array, network: NetworkStart, end: number, maps: Maps): void {
  const { offset, etherType } = network
  if (offset < 0 || offset >= end) return
  if (etherType === ARP || etherType === RARP) changeArp(bytes, offset, end, maps)
  else if (etherType === EtherType.ipv4 || etherType === EtherType.ipv6) {
    const header = offset + (etherType === EtherType.ipv4 ? 20 : 40)
    const version = (bytes[offset] ?? 0) >> 4
    const right = version === (etherType === EtherType.ipv4 ? 4 : 6)
    if (right && header <= end) changeHeader(bytes, offset, header, maps)
    // What says that it is wrong stays; addresses that are not where they should be do not.
    maps.filler.fill(bytes, right && header <= end ? header : offset + 8, end)
  } else maps.filler.fill(bytes, offset, end)
}

function changeArp(bytes: Uint8Array, at: number, end: number, { addresses, hardware, filler }: Maps): void {
  const known = at + 28 <= end && u32(bytes, at) === ETHERNET_IPV4 && u16(bytes, at + 4) === LENGTHS
  if (!known) {
    filler.fill(bytes, at + 8, end)
    return
  }
  hardware.map(bytes, at + 8)
  addresses.map4(bytes, at + 14)
  hardware.map(bytes, at + 18)
  addresses.map4(bytes, at + 24)
  bytes.fill(0, at + 28, end)
}
