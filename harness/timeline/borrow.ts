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
  batch.number = other.number.subarray(first, end)
  batch.start = other.start.subarray(first, end)
  batch.captured = other.captured.subarray(first, end)
  batch.original = other.original.subarray(first, end)
  batch.link = other.link.subarray(first, end)
  batch.kind = other.kind.subarray(first, end)
  batch.l3 = other.l3.subarray(first, end)
  batch.l4 = other.l4.subarray(first, end)
  batch.payload = other.payload.subarray(first, end)
  batch.flags = other.flags.subarray(first, end)
  batch.vlan = other.vlan.subarray(first, end)
  batch.stack = other.stack.subarray(first, end)
  batch.source = other.source.subarray(first, end)
  batch.destination = other.destination.subarray(first, end)
  batch.ports = other.ports.subarray(first, end)
  batch.seq = other.seq.subarray(first, end)
  batch.ack = other.ack.subarray(first, end)
  batch.window = other.window.subarray(first, end)
  batch.options = other.options.subarray(first, end)
  batch.stamp = other.stamp.subarray(first, end)
  batch.flow = other.flow.subarray(first, end)
  batch.direction = other.direction.subarray(first, end)
  batch.datagram = other.datagram.subarray(first, end)
  for (const rebuilt of other.rebuilt)
    if (rebuilt.index >= first && rebuilt.index < end)
      batch.rebuilt.push({ ...rebuilt, index: rebuilt.index - first })
}
