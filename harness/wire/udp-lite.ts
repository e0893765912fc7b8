import { u16 } from './bytes.ts'

/** Bytes of a UDP-Lite header (RFC 3828 3.1): that of UDP, with the checksum's coverage in place of the length. */
export const UDP_LITE_HEADER = 8

/** The end of what the checksum of the UDP-Lite datagram bytes[l4, stop) covers; -1: not even the header, or more than the datagram. */
export function coveredByUdpLite(bytes: Uint8Array, l4: number, stop: number): number {
  const coverage = u16(bytes, l4 + 4)
  const covered = coverage === 0 ? stop : l4 + coverage
  return covered < l4 + UDP_LITE_HEADER || covered > stop ? -1 : covered
}
