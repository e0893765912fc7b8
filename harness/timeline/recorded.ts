import { openCapture } from '../capture/open.ts'
import { FlowTable } from '../flow/table.ts'
import { PacketBatch } from '../model/batch.ts'
import type { PacketSource } from '../model/capture.ts'
import { PLAIN_READING, type Reading, tunnelsOf } from '../model/reading.ts'
import { FlowbreakError } from '../support/errors.ts'
import { decodeBatch } from '../wire/decode.ts'

/** Packets that a batch on the road holds at most, and the bytes that its frames may take. */
const BATCH_PACKETS = 4096
const BATCH_BYTES = 1 << 20

/** A batch of the size that travels between stages. */
export function roadBatch(): PacketBatch {
  return new PacketBatch(BATCH_PACKETS, BATCH_BYTES)
}

/** Reads, decodes and gives flows: the three stages that every packet passes before a timeline can be made of it. */
export async function* readPackets(source: PacketSource, flows: FlowTable): AsyncGenerator<PacketBatch> {
  const batch = roadBatch()
  batch.tunnels = tunnelsOf(flows.reading)
  for (;;) {
    const more = source.read(batch)
    if (!(typeof more === 'boolean' ? more : await more)) return
    decodeBatch(batch)
    flows.assign(batch)
    yield batch
  }
}

/** A whole capture in memory, decoded and with its flows: what cases are cut from. Its packets never change. */
export interface Recorded {
  readonly path: string
  readonly epoch: bigint
  readonly batch: PacketBatch
  readonly flows: FlowTable
  /** Packets that positions were found to name, by flow and position. */
  readonly places: Map<string, { readonly packet: number; readonly flow: number }>
  /**
   * The same packets in several batches, so that those in which nothing is broken need not be woven; their times are then moved by what
   * was broken before, and whoever plays them again puts them back. Absent: `batch` is woven, and stays as it is.
   */
  readonly pieces?: readonly PacketBatch[]
}

/** Bytes of frames that a case's capture may hold. */
const RECORDED_LIMIT = 256 << 20

/** Loads the capture of a case, read in that way. A damaged capture is refused: a case must not rest on half of what was recorded. */
export async function loadRecorded(path: string, reading: Reading = PLAIN_READING): Promise<Recorded> {
  await using source = await openCapture(path)
  const flows = new FlowTable(reading)
  const parts: PacketBatch[] = []
  let count = 0
  let bytes = 0
  for await (const batch of readPackets(source, flows)) {
    const part = new PacketBatch(batch.count, 0)
    copyAll(batch, part)
    parts.push(part)
    count += part.count
    bytes += part.bytes.length
    if (bytes > RECORDED_LIMIT)
      throw new FlowbreakError(
        'ERR_CAPTURE_TOO_LARGE',
        `${path} holds more than ${RECORDED_LIMIT >> 20} MiB of frames: cut a case's capture down to the flows that it needs.`,
      )
  }
  if (source.damage !== undefined)
    throw new FlowbreakError(
      'ERR_CAPTURE_DAMAGED',
      `${path} is damaged at byte ${source.damage.offset} (${source.damage.reason}): record it again.`,
    )
  if (count === 0)
    throw new FlowbreakError(
      'ERR_CAPTURE_EMPTY',
      `${path} holds no packets: record it again or name another.`,
    )
  const whole = new PacketBatch(count, bytes)
  whole.tunnels = tunnelsOf(reading)
  for (const part of parts) appendBatch(whole, part)
  return { path, epoch: source.header.epoch, batch: whole, flows, places: new Map() }
}

/** Copies the frames of a batch, without the gaps between them, and every column up to flow/. */
function copyAll(from: PacketBatch, to: PacketBatch): void {
  let bytes = 0
  for (let i = 0; i < from.count; i++) bytes += from.captured[i] ?? 0
  to.growBytes(bytes, 0)
  appendBatch(to, from)
}

function appendBatch(to: PacketBatch, from: PacketBatch): void {
  const base = to.count
  for (let i = 0; i < from.count; i++) appendPacket(to, from, i)
  for (const rebuilt of from.rebuilt) to.rebuilt.push({ ...rebuilt, index: base + rebuilt.index })
}

/** The end of the frames that a batch built by appending holds so far. */
export function usedBytes(batch: PacketBatch): number {
  const last = batch.count - 1
  return last < 0 ? 0 : (batch.start[last] ?? 0) + (batch.captured[last] ?? 0)
}

/**
 * Appends packet `index` of `from` with its frame and every column up to flow/; grows the bytes of `to` where needed.
 * Rebuilt datagrams are not carried over.
 */
export function appendPacket(to: PacketBatch, from: PacketBatch, index: number): void {
  const at = usedBytes(to)
  const start = from.start[index] ?? 0
  const length = from.captured[index] ?? 0
  if (at + length > to.bytes.length) to.growBytes(Math.max(at + length, to.bytes.length * 2), at)
  // A loop beats set(subarray) below some hundred bytes, and allocates nothing.
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
