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
const FIRST_BYTES = Uint8Array.from(TABLE, (value) => value >>> 24)
const NO_CHECKSUM = new Uint8Array(4)

/** The register of CRC32c after bytes[from, to), which was `register` before them. */
export function crcAfter(register: number, bytes: Uint8Array, from: number, to: number): number {
  let value = register
  for (let at = from; at < to; at++) value = (value >>> 8) ^ (TABLE[(value ^ u8(bytes, at)) & 255] ?? 0)
  return value
}

/** Writes the four bytes at `at` that take the register of CRC32c from `before` to `after`. */
export function writeCrcStep(bytes: Uint8Array, at: number, before: number, after: number): void {
  let value = after
  for (let step = 0; step < 4; step++) {
    // No two entries have the same first byte, so that it names the entry which the step used.
    const entry = FIRST_BYTES.indexOf(value >>> 24)
    value = ((value ^ (TABLE[entry] ?? 0)) << 8) | entry
  }
  value ^= before
  for (let k = 0; k < 4; k++) bytes[at + k] = value >>> (8 * k)
}

/** The checksum of the packet bytes[at, stop), computed with a checksum field of 0: as a big-endian word of the header. */
export function sctpChecksum(bytes: Uint8Array, at: number, stop: number): number {
  const field = at + CHECKSUM
  const before = crcAfter(-1, bytes, at, Math.min(field, stop))
  const behind = crcAfter(before, NO_CHECKSUM, 0, Math.min(4, stop - field))
  const sum = ~crcAfter(behind, bytes, at + SCTP_HEADER, stop)
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
