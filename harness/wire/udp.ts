import { putU16, u16 } from './bytes.ts'

/** A UDP header (RFC 768), without its checksum, which needs the IP header. */
export interface UdpHeader {
  readonly sourcePort: number
  readonly destinationPort: number
  readonly payloadLength: number
}

/** Why bytes[at, end) do not start with a readable UDP header; undefined when they do. */
export function checkUdp(bytes: Uint8Array, at: number, end: number): string | undefined {
  if (end - at < 8) return `UDP needs 8 bytes, ${end - at} are there`
  const length = u16(bytes, at + 4)
  return length < 8 ? `UDP length is ${length}, less than its header` : undefined
}

/** Reads the header at `at`; undefined where `checkUdp` has a reason. */
export function parseUdp(bytes: Uint8Array, at: number, end: number): UdpHeader | undefined {
  if (checkUdp(bytes, at, end) !== undefined) return undefined
  return {
    sourcePort: u16(bytes, at),
    destinationPort: u16(bytes, at + 2),
    payloadLength: u16(bytes, at + 4) - 8,
  }
}

/** Writes the header at `at` with a checksum of 0 and answers the offset behind it. */
export function emitUdp(header: UdpHeader, bytes: Uint8Array, at: number): number {
  putU16(bytes, at, header.sourcePort)
  putU16(bytes, at + 2, header.destinationPort)
  putU16(bytes, at + 4, header.payloadLength + 8)
  putU16(bytes, at + 6, 0)
  return at + 8
}
