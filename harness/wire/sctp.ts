import { putU16, putU32, u8, u16, u32 } from './bytes.ts'

/** An SCTP common header (RFC 9260 3.1), without its checksum. */
export interface SctpHeader {
  readonly sourcePort: number
  readonly destinationPort: number
  readonly tag: number
}

/** Bytes of the common header, of a chunk header, and of the fixed fields of an INIT or INIT ACK before its parameters. */
export const SCTP_HEADER = 12
export const CHUNK_HEADER = 4
export const INIT_BODY = 16

/** Types of chunks (RFC 9260 3.2). */
export const Chunk = {
  data: 0,
  init: 1,
  initAck: 2,
  sack: 3,
  heartbeat: 4,
  heartbeatAck: 5,
  abort: 6,
  shutdown: 7,
  shutdownAck: 8,
  error: 9,
  cookieEcho: 10,
  cookieAck: 11,
  shutdownComplete: 14,
} as const

/** Flag of ABORT and SHUTDOWN COMPLETE: the tag is the receiver's own, reflected (RFC 9260 8.5.1). */
export const TAG_REFLECTED = 1

/** Writes the common header at `at` with a checksum of 0 and returns the offset after it. */
export function emitSctp(header: SctpHeader, bytes: Uint8Array, at: number): number {
  putU16(bytes, at, header.sourcePort)
  putU16(bytes, at + 2, header.destinationPort)
  putU32(bytes, at + 4, header.tag)
  putU32(bytes, at + 8, 0)
  return at + SCTP_HEADER
}

/** A chunk: its header and `body`, padded to a multiple of four bytes. */
export function emitChunk(type: number, flags: number, body: Uint8Array): Uint8Array {
  const length = CHUNK_HEADER + body.length
  const bytes = new Uint8Array((length + 3) & ~3)
  bytes[0] = type
  bytes[1] = flags
  putU16(bytes, 2, length)
  bytes.set(body, CHUNK_HEADER)
  return bytes
}

/** Offset of the chunk after the one at `at`. */
export function nextChunk(bytes: Uint8Array, at: number): number {
  return at + ((u16(bytes, at + 2) + 3) & ~3)
}

const CHECKSUM = 8
/** CRC32c, bits reflected (RFC 9260 appendix A). */
const POLYNOMIAL = 0x82f63b78
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ POLYNOMIAL
  return value
})

/** The checksum of the packet bytes[at, stop), computed with a checksum field of 0: as a big-endian word of the header. */
export function sctpChecksum(bytes: Uint8Array, at: number, stop: number): number {
  let value = -1
  for (let i = at; i < stop; i++) {
    const byte = i >= at + CHECKSUM && i < at + SCTP_HEADER ? 0 : u8(bytes, i)
    value = (value >>> 8) ^ (TABLE[(value ^ byte) & 255] ?? 0)
  }
  const sum = ~value
  return ((sum << 24) | ((sum & 0xff00) << 8) | ((sum >>> 8) & 0xff00) | (sum >>> 24)) >>> 0
}

/** Whether the checksum in the header of the packet bytes[at, stop) is correct. */
export function hasRightSctpChecksum(bytes: Uint8Array, at: number, stop: number): boolean {
  return u32(bytes, at + CHECKSUM) === sctpChecksum(bytes, at, stop)
}

/** Computes and writes the checksum of the packet bytes[at, stop). */
export function writeSctpChecksum(bytes: Uint8Array, at: number, stop: number): void {
  putU32(bytes, at + CHECKSUM, sctpChecksum(bytes, at, stop))
}
