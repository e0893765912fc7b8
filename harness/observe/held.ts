import { PacketBatch } from '../model/batch.ts'

/** The columns that are copied unchanged; offsets into the bytes are adjusted. */
const COLUMNS = [
  'number',
  'captured',
  'original',
  'time',
  'link',
  'kind',
  'payload',
  'flags',
  'vlan',
  'stack',
  'source',
  'destination',
  'ports',
  'seq',
  'ack',
  'window',
  'options',
  'stamp',
  'flow',
  'direction',
  'datagram',
  'step',
  'phase',
  'role',
  'host',
  'verdict',
  'reason',
] as const

/**
 * A copy of a batch of exactly its size, without gaps between frames, with every column and everything rebuilt or emitted: for targets
 * that answer only when the timeline has ended, and for anybody else who keeps packets longer than their batch lives.
 */
export function holdBatch(batch: PacketBatch): PacketBatch {
  const { count, start, captured } = batch
  let bytes = 0
  for (let i = 0; i < count; i++) bytes += captured[i] ?? 0
  const held = new PacketBatch(count, bytes)
  held.count = count
  held.tunnels = batch.tunnels
  held.stacked = batch.stacked
  for (const column of COLUMNS) held[column].set(batch[column].subarray(0, count))
  let at = 0
  for (let i = 0; i < count; i++) {
    const from = start[i] ?? 0
    const length = captured[i] ?? 0
    held.bytes.set(batch.bytes.subarray(from, from + length), at)
    held.start[i] = at
    held.l3[i] = moved(batch.l3[i] ?? -1, at - from)
    held.l4[i] = moved(batch.l4[i] ?? -1, at - from)
    at += length
  }
  held.rebuilt.push(...batch.rebuilt)
  held.emitted.push(...batch.emitted)
  held.parts.push(...batch.parts)
  return held
}

function moved(offset: number, by: number): number {
  return offset < 0 ? offset : offset + by
}
