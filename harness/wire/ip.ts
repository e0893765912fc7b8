import { putU16, u8, u16 } from './bytes.ts'

/** Whether the IP header at `l3` is IPv6, by its version. */
export function isIpv6(bytes: Uint8Array, l3: number): boolean {
  return u8(bytes, l3) >> 4 === 6
}

/** Offset just after the IP datagram at `l3`, by its own length field. */
export function datagramEnd(bytes: Uint8Array, l3: number): number {
  return isIpv6(bytes, l3) ? l3 + 40 + u16(bytes, l3 + 4) : l3 + u16(bytes, l3 + 2)
}

/** Writes the length field of the IP header at `l3` for a datagram that ends at `end`; leaves IPv4's checksum as it is. */
export function writeDatagramLength(bytes: Uint8Array, l3: number, end: number): void {
  if (isIpv6(bytes, l3)) putU16(bytes, l3 + 4, end - l3 - 40)
  else putU16(bytes, l3 + 2, end - l3)
}

/** Offset of the source address in the IP header at `l3`. */
export function sourceAt(bytes: Uint8Array, l3: number): number {
  return isIpv6(bytes, l3) ? l3 + 8 : l3 + 12
}

/** Offset of the destination address in the IP header at `l3`. */
export function destinationAt(bytes: Uint8Array, l3: number): number {
  return isIpv6(bytes, l3) ? l3 + 24 : l3 + 16
}

/** Length of an address of the family of the IP header at `l3`: 4 or 16. */
export function addressLength(bytes: Uint8Array, l3: number): 4 | 16 {
  return isIpv6(bytes, l3) ? 16 : 4
}
