import type { PacketBatch } from '../model/batch.ts'
import { decodeBatch } from '../wire/decode.ts'
import type { FrameItem } from './items.ts'

/** The offset at which the frames of a batch built by appending end so far. */
export function usedBytes(batch: PacketBatch): number {
  const last = batch.count - 1
  return last < 0 ? 0 : (batch.start[last] ?? 0) + (batch.captured[last] ?? 0)
}

/**
 * Appends packet `index` of `from` with its frame and every column up to flow/; grows the bytes of `to` if needed.
 * Rebuilt datagrams are not copied.
 */
export function appendPacket(to: PacketBatch, from: PacketBatch, index: number): void {
  const at = usedBytes(to)
  const start = from.start[index] ?? 0
  const length = from.captured[index] ?? 0
  if (at + length > to.bytes.length) to.growBytes(Math.max(at + length, to.bytes.length * 2), at)
  // A loop is faster than set(subarray) below a few hundred bytes, and allocates nothing.
  if (length < 256) for (let k = 0; k < length; k++) to.bytes[at + k] = from.bytes[start + k] ?? 0
  else to.bytes.set(from.bytes.subarray(start, start + length), at)
  const n = to.count
  const l3 = from.l3[index] ?? -1
  const l4 = from.l4[index] ?? -1
  to.number[n] = from.number[index] ?? 0
  to.start[n] = at
  to.captured[n] = length
  to.original[n] = from.original[index] ?? 0
  to.time[n] = from.time[index] ?? 0
  to.link[n] = from.link[index] ?? 0
  to.kind[n] = from.kind[index] ?? 0
  to.l3[n] = l3 < 0 ? -1 : l3 - start + at
  to.l4[n] = l4 < 0 ? -1 : l4 - start + at
  to.payload[n] = from.payload[index] ?? 0
  to.flags[n] = from.flags[index] ?? 0
  to.vlan[n] = from.vlan[index] ?? 0
  to.stack[n] = from.stack[index] ?? 0
  if (to.stack[n] !== 0) to.stacked = true
  to.datagram[n] = from.datagram[index] ?? -1
  to.source[n] = from.source[index] ?? 0
  to.destination[n] = from.destination[index] ?? 0
  to.ports[n] = from.ports[index] ?? 0
  to.seq[n] = from.seq[index] ?? 0
  to.ack[n] = from.ack[index] ?? 0
  to.window[n] = from.window[index] ?? 0
  to.options[n] = from.options[index] ?? 0
  to.stamp[n] = from.stamp[index] ?? 0
  to.flow[n] = from.flow[index] ?? -1
  to.direction[n] = from.direction[index] ?? 0
  to.count = n + 1
}

/** Appends packets `from` … `to`-1 as `appendPacket` does; if their frames lie one after another, all at once, column by column. */
export function appendPackets(into: PacketBatch, batch: PacketBatch, from: number, to: number): void {
  if (!isInOnePiece(batch, from, to)) {
    for (let i = from; i < to; i++) appendPacket(into, batch, i)
    return
  }
  const at = usedBytes(into)
  const start = batch.start[from] ?? 0
  const length = (batch.start[to - 1] ?? 0) + (batch.captured[to - 1] ?? 0) - start
  if (at + length > into.bytes.length) into.growBytes(Math.max(at + length, into.bytes.length * 2), at)
  into.bytes.set(batch.bytes.subarray(start, start + length), at)
  const n = into.count
  copyWords(into.start, batch.start, n, from, to, at - start)
  copyWords(into.l3, batch.l3, n, from, to, at - start)
  copyWords(into.l4, batch.l4, n, from, to, at - start)
  copyWords(into.number, batch.number, n, from, to, 0)
  copyWords(into.captured, batch.captured, n, from, to, 0)
  copyWords(into.original, batch.original, n, from, to, 0)
  copyWords(into.payload, batch.payload, n, from, to, 0)
  copyWords(into.vlan, batch.vlan, n, from, to, 0)
  copyWords(into.stack, batch.stack, n, from, to, 0)
  copyWords(into.source, batch.source, n, from, to, 0)
  copyWords(into.destination, batch.destination, n, from, to, 0)
  copyWords(into.ports, batch.ports, n, from, to, 0)
  copyWords(into.seq, batch.seq, n, from, to, 0)
  copyWords(into.ack, batch.ack, n, from, to, 0)
  copyWords(into.stamp, batch.stamp, n, from, to, 0)
  copyWords(into.flow, batch.flow, n, from, to, 0)
  copyWords(into.datagram, batch.datagram, n, from, to, 0)
  copyBytes(into.link, batch.link, n, from, to)
  copyBytes(into.kind, batch.kind, n, from, to)
  copyBytes(into.flags, batch.flags, n, from, to)
  copyBytes(into.options, batch.options, n, from, to)
  copyBytes(into.direction, batch.direction, n, from, to)
  for (let i = from; i < to; i++) {
    into.time[n + i - from] = batch.time[i] ?? 0
    into.window[n + i - from] = batch.window[i] ?? 0
  }
  if (batch.stacked) into.stacked = true
  into.count = n + to - from
}

/** Whether the frames of packets `from` … `to`-1 lie one after another without gaps, as those of a capture in memory do. */
function isInOnePiece({ start, captured }: PacketBatch, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++)
    if (start[i] !== (start[i - 1] ?? 0) + (captured[i - 1] ?? 0)) return false
  return to > from
}

/** `moved`: added to every word except -1; for offsets into frames that were moved. */
function copyWords(
  into: Int32Array,
  words: Int32Array,
  at: number,
  from: number,
  to: number,
  moved: number,
): void {
  for (let i = from; i < to; i++) into[at + i - from] = words[i] ?? 0
  if (moved === 0) return
  for (let i = at; i < at + to - from; i++) if (into[i] !== -1) into[i] = (into[i] ?? 0) + moved
}

function copyBytes(into: Uint8Array, bytes: Uint8Array, at: number, from: number, to: number): void {
  for (let i = from; i < to; i++) into[at + i - from] = bytes[i] ?? 0
}

/** Appends the frame of an item, decoded, with its flow, direction and datagram; returns its index. The batch must have room for it. */
export function appendFrame(to: PacketBatch, item: FrameItem): number {
  const { frame } = item
  const used = usedBytes(to)
  if (used + frame.length > to.bytes.length)
    to.growBytes(Math.max(used + frame.length, to.bytes.length * 2), used)
  to.bytes.set(frame, used)
  const n = to.count++
  to.number[n] = item.number
  to.start[n] = used
  to.captured[n] = frame.length
  to.original[n] = item.original
  to.link[n] = item.link
  to.stack[n] = 0
  to.datagram[n] = item.datagram ?? -1
  if (item.rebuilt !== undefined) to.rebuilt.push({ ...item.rebuilt, index: n })
  to.flow[n] = item.flow
  to.direction[n] = item.direction
  decodeBatch(to, n, n + 1)
  return n
}

/** A recorded packet as an item, for a packet that is not simply the next one. */
export function frameOf(batch: PacketBatch, i: number): FrameItem {
  return {
    type: 'frame',
    frame: batch.copyFrame(i),
    link: batch.link[i] ?? 0,
    number: batch.number[i] ?? 0,
    original: batch.original[i] ?? 0,
    flow: batch.flow[i] ?? -1,
    direction: batch.direction[i] ?? 0,
    recorded: true,
    datagram: batch.datagram[i] ?? -1,
    rebuilt: batch.rebuilt.find(({ index }) => index === i),
  }
}
