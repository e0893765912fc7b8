import { putU16, putU32, u8, u16, u32 } from './bytes.ts'

/** A TCP header (RFC 9293 3.1), without its checksum, which needs the IP header. */
export interface TcpHeader {
  readonly sourcePort: number
  readonly destinationPort: number
  readonly seq: number
  readonly ack: number
  /** The four bits between data offset and flags. */
  readonly reserved: number
  readonly flags: number
  readonly window: number
  readonly urgent: number
  /** As on the wire, padded to a multiple of 4; at most 40 bytes. */
  readonly options: Uint8Array
}

/** Why bytes[at, end) do not start with a readable TCP header; undefined when they do. */
export function checkTcp(bytes: Uint8Array, at: number, end: number): string | undefined {
  if (end - at < 20) return `TCP needs 20 bytes, ${end - at} are there`
  const header = (u8(bytes, at + 12) >> 4) << 2
  if (header < 20) return `TCP header length is ${header}, less than 20`
  if (header > end - at) return `TCP header length is ${header}, ${end - at} bytes are there`
  return undefined
}

/** Reads the header at `at`; undefined where `checkTcp` has a reason. */
export function parseTcp(bytes: Uint8Array, at: number, end: number): TcpHeader | undefined {
  if (checkTcp(bytes, at, end) !== undefined) return undefined
  const twelfth = u8(bytes, at + 12)
  return {
    sourcePort: u16(bytes, at),
    destinationPort: u16(bytes, at + 2),
    seq: u32(bytes, at + 4),
    ack: u32(bytes, at + 8),
    reserved: twelfth & 15,
    flags: u8(bytes, at + 13),
    window: u16(bytes, at + 14),
    urgent: u16(bytes, at + 18),
    options: bytes.slice(at + 20, at + ((twelfth >> 4) << 2)),
  }
}

/** Writes the header at `at` with a checksum of 0 and answers the offset behind it. */
export function emitTcp(header: TcpHeader, bytes: Uint8Array, at: number): number {
  const length = 20 + header.options.length
  putU16(bytes, at, header.sourcePort)
  putU16(bytes, at + 2, header.destinationPort)
  putU32(bytes, at + 4, header.seq)
  putU32(bytes, at + 8, header.ack)
  bytes[at + 12] = (length << 2) | header.reserved
  bytes[at + 13] = header.flags
  putU16(bytes, at + 14, header.window)
  putU16(bytes, at + 16, 0)
  putU16(bytes, at + 18, header.urgent)
  bytes.set(header.options, at + 20)
  return at + length
}
