import type { PacketBatch } from '../model/batch.ts'

/** Bytes of a packet on the wire, from its IP header on; the whole frame if it is not IP. */
export function ipBytes(batch: PacketBatch, index: number): number {
  const l3 = batch.l3[index] ?? -1
  const length = batch.original[index] ?? 0
  return l3 < 0 ? length : length - (l3 - (batch.start[index] ?? 0))
}
