import { u16 } from '../../wire/bytes.ts'
import { CHUNK_HEADER, Chunk, nextChunk, SCTP_HEADER } from '../../wire/sctp.ts'

/** Chunks that must be alone in their packet (RFC 9260 6.10), and those that must come first. */
const ALONE = bitOf(Chunk.init) | bitOf(Chunk.initAck) | bitOf(Chunk.shutdownComplete)
const FIRST = bitOf(Chunk.cookieEcho) | bitOf(Chunk.cookieAck)

/** The bit for a chunk type; 0: it has none. */
export function bitOf(type: number): number {
  return type < 31 ? 1 << type : 0
}

/** Whether there is a whole chunk header at `at`, in a packet captured up to `end`. */
export function isChunk(at: number, end: number): boolean {
  return at + CHUNK_HEADER <= end
}

/** The types of the chunks of the SCTP packet at `l4`, as bits; -1: the combination is invalid (Linux do_basic_checks). */
export function chunkTypes(bytes: Uint8Array, l4: number, end: number): number {
  let types = 0
  let alone = false
  const first = l4 + SCTP_HEADER
  for (let at = first; isChunk(at, end); at = nextChunk(bytes, at)) {
    const bit = bitOf(bytes[at] ?? 0)
    alone ||= (bit & ALONE) !== 0
    if (u16(bytes, at + 2) === 0) return -1
    if (at !== first && (alone || (bit & FIRST) !== 0)) return -1
    types |= bit
  }
  return isChunk(first, end) ? types : -1
}
