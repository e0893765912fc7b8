import { putU16 } from './bytes.ts'

/** A UDP header (RFC 768), without its checksum, which needs the IP header. */
export interface UdpHeader {
  readonly sourcePort: number
  readonly destinationPort: number
  readonly payloadLength: number
}

/** Writes the header at `at` with a checksum of 0 and returns the offset after it. */
export function emitUdp(header: UdpHeader, bytes: Uint8Array, at: number): number {
  putU16(bytes, at, header.sourcePort)
  putU16(bytes, at + 2, header.destinationPort)
  putU16(bytes, at + 4, header.payloadLength + 8)
  putU16(bytes, at + 6, 0)
  return at + 8
}
