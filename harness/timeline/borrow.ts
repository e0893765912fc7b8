import type { PacketBatch } from '../model/batch.ts'

/**
 * Makes `batch` packets `first` … `end`-1 of another one, at most its capacity: their frames and columns up to flow/ are those of the other
 * one itself, except for `time`, which is not set. Nothing can be appended to it any more.
 */
export function borrow(
  batch: { -readonly [Name in keyof PacketBatch]: PacketBatch[Name] },
  other: PacketBatch,
  first: number,
  end: number,
): void {
  batch.clear()
  batch.count = end - first
  batch.isLasting = other.isLasting
  batch.tunnels = other.tunnels
  batch.stacked = other.stacked
  batch.bytes = other.bytes
  batch.view = other.view
  batch.number = from(other.number, first)
  batch.start = from(other.start, first)
  batch.captured = from(other.captured, first)
  batch.original = from(other.original, first)
  batch.link = from(other.link, first)
  batch.kind = from(other.kind, first)
  batch.l3 = from(other.l3, first)
  batch.l4 = from(other.l4, first)
  batch.payload = from(other.payload, first)
  batch.flags = from(other.flags, first)
  batch.vlan = from(other.vlan, first)
  batch.stack = from(other.stack, first)
  batch.source = from(other.source, first)
  batch.destination = from(other.destination, first)
  batch.ports = from(other.ports, first)
  batch.seq = from(other.seq, first)
  batch.ack = from(other.ack, first)
  batch.window = from(other.window, first)
  batch.options = from(other.options, first)
  batch.stamp = from(other.stamp, first)
  batch.flow = from(other.flow, first)
  batch.direction = from(other.direction, first)
  batch.datagram = from(other.datagram, first)
  for (const rebuilt of other.rebuilt)
    if (rebuilt.index >= first && rebuilt.index < end)
      batch.rebuilt.push({ ...rebuilt, index: rebuilt.index - first })
}

/** A column from packet `first` on. */
function from<Column extends Int32Array | Uint16Array | Uint8Array>(column: Column, first: number): Column {
  return first === 0 ? column : (column.subarray(first) as Column)
}
