import { putU16, putU32, u8, u16, u32 } from './bytes.ts'

/** Bytes of a header without options. */
const LEAST = 20

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

/** Reads the header at `at`; undefined if it, or the length it gives, does not fit in bytes[at, end). */
export function parseTcp(bytes: Uint8Array, at: number, end: number): TcpHeader | undefined {
  if (end - at < LEAST) return undefined
  const length = (u8(bytes, at + 12) >> 4) << 2
  if (length < LEAST || length > end - at) return undefined
  return {
    sourcePort: u16(bytes, at),
    destinationPort: u16(bytes, at + 2),
    seq: u32(bytes, at + 4),
    ack: u32(bytes, at + 8),
    reserved: u8(bytes, at + 12) & 15,
    flags: u8(bytes, at + 13),
    window: u16(bytes, at + 14),
    urgent: u16(bytes, at + 18),
    options: bytes.slice(at + LEAST, at + length),
  }
}

/** Writes the header at `at` with a checksum of 0 and returns the offset after it. */
export function emitTcp(header: TcpHeader, bytes: Uint8Array, at: number): number {
  const length = LEAST + header.options.length
  putU16(bytes, at, header.sourcePort)
  putU16(bytes, at + 2, header.destinationPort)
  putU32(bytes, at + 4, header.seq)
  putU32(bytes, at + 8, header.ack)
  bytes[at + 12] = (length << 2) | header.reserved
  bytes[at + 13] = header.flags
  putU16(bytes, at + 14, header.window)
  putU16(bytes, at + 16, 0)
  putU16(bytes, at + 18, header.urgent)
  bytes.set(header.options, at + LEAST)
  return at + length
}
