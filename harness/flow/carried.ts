import type { PacketBatch } from '../model/batch.ts'
import { FIRST_CHUNK, OTHER_CHUNK, SCTP_CHUNKS } from '../model/carried.ts'
import { Kind } from '../model/codes.ts'
import { u8, u16 } from '../wire/bytes.ts'
import { Protocol } from '../wire/numbers.ts'
import { CHUNK_HEADER, nextChunk, SCTP_HEADER } from '../wire/sctp.ts'
import { ipProtocol } from './transport.ts'

/** A packet's flags for a report: those of TCP, or the IP protocol and chunks of a packet of which only IP is read (model/carried.ts). */
export function carriedFlags(batch: PacketBatch, i: number): number {
  return isOnlyIp(batch, i) ? protocolAndChunks(batch, i) : (batch.flags[i] ?? 0)
}

/** Whether only IP is read of a packet, whose flags in the batch are then 0. */
export function isOnlyIp({ kind }: PacketBatch, i: number): boolean {
  const code = kind[i]
  return code === Kind.ip4 || code === Kind.ip6
}

function protocolAndChunks({ bytes, start, captured, l3, l4, payload }: PacketBatch, i: number): number {
  const end = (start[i] ?? 0) + (captured[i] ?? 0)
  const protocol = ipProtocol(bytes, l3[i] ?? 0, end)
  const transport = l4[i] ?? -1
  if (protocol !== Protocol.sctp || transport < 0) return protocol
  // Behind the length that IP gives there may be padding of a short frame.
  return protocol | chunkBits(bytes, transport + SCTP_HEADER, Math.min(end, transport + (payload[i] ?? 0)))
}

function chunkBits(bytes: Uint8Array, first: number, end: number): number {
  let bits = 0
  for (let at = first; at + CHUNK_HEADER <= end; at = nextChunk(bytes, at)) {
    const type = u8(bytes, at)
    const known = SCTP_CHUNKS.findIndex(([each]) => each === type)
    bits |= 1 << (known < 0 ? OTHER_CHUNK : FIRST_CHUNK + known)
    // A chunk without a length has no end.
    if (u16(bytes, at + 2) === 0) break
  }
  return bits
}
