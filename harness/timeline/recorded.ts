import { unreadLinks } from '../capture/link-types.ts'
import { openCapture } from '../capture/open.ts'
import { FlowTable } from '../flow/table.ts'
import { PacketBatch, sharedLength } from '../model/batch.ts'
import type { PacketSource } from '../model/capture.ts'
import type { Injection } from '../model/case.ts'
import { PLAIN_READING, type Reading, tunnelsOf } from '../model/reading.ts'
import { FlowbreakError } from '../support/errors.ts'
import { decodeBatch } from '../wire/decode.ts'
import { appendPackets } from './append.ts'
import type { Placed } from './positions.ts'

/** The most packets in a batch between stages, and the bytes that their frames may take. */
const BATCH_PACKETS = 4096
const BATCH_BYTES = 1 << 20

/** A batch of the size that travels between stages. */
export function roadBatch(): PacketBatch {
  return new PacketBatch(BATCH_PACKETS, BATCH_BYTES)
}

/** A batch of that size for packets that are borrowed, not copied. */
export function borrowingBatch(): PacketBatch {
  return new PacketBatch(BATCH_PACKETS, 0)
}

/** Reads and decodes packets and assigns flows: the three stages before a timeline. */
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

/** A whole capture in memory, decoded and with its flows, from which cases are made. Its packets never change. */
export interface Recorded {
  readonly path: string
  readonly epoch: bigint
  readonly batch: PacketBatch
  readonly flows: FlowTable
  /** Packets found for positions, by flow and position. */
  readonly places: Map<string, { readonly packet: number; readonly flow: number }>
  /** Placed injections, by flow under test; shared between cases. */
  readonly placed: WeakMap<
    readonly Injection[],
    { readonly flow: number | undefined; readonly placed: readonly Placed[] }
  >
  /** Where its packets are, if other threads may use them too. */
  readonly shared?: SharedCapture
}

/** A capture in memory that threads share, on its way from the thread that read it to another: its decoded frames. */
export interface SharedCapture {
  readonly path: string
  readonly reading: Reading
  readonly epoch: bigint
  /** Number of packets, and bytes of their frames. */
  readonly count: number
  readonly bytes: number
  readonly stacked: boolean
  /** As in `PacketBatch`. */
  readonly memory: SharedArrayBuffer
}

/** The most bytes of frames in the capture of a case. */
const RECORDED_LIMIT = 256 << 20

/**
 * Loads the capture of a case with that reading, if asked for into memory that threads share. A damaged capture is refused: a
 * case must not rest on half of what was recorded.
 */
export async function loadRecorded(
  path: string,
  reading: Reading = PLAIN_READING,
  isShared = false,
): Promise<Recorded> {
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
        `${path} contains more than ${RECORDED_LIMIT >> 20} MiB of frames: cut a case's capture down to the flows that it needs.`,
      )
  }
  if (source.damage !== undefined)
    throw new FlowbreakError(
      'ERR_CAPTURE_DAMAGED',
      `${path} is damaged at byte ${source.damage.offset} (${source.damage.reason}): record it again.`,
    )
  const unread = unreadLinks(source.links)
  if (unread.length > 0)
    throw new FlowbreakError(
      'ERR_CAPTURE_LINK',
      `${path} has frames of a kind that is not read (${unread.join(', ')}): record at an Ethernet interface.`,
    )
  if (count === 0)
    throw new FlowbreakError(
      'ERR_CAPTURE_EMPTY',
      `${path} contains no packets: record it again or name another.`,
    )
  const { epoch } = source.header
  const memory = isShared ? new SharedArrayBuffer(sharedLength(count, bytes)) : undefined
  const whole = new PacketBatch(count, bytes, memory)
  whole.tunnels = tunnelsOf(reading)
  for (const part of parts) appendBatch(whole, part)
  whole.isLasting = true
  const recorded = { path, epoch, batch: whole, flows, places: new Map(), placed: new WeakMap() }
  if (memory === undefined) return recorded
  return { ...recorded, shared: { path, reading, epoch, count, bytes, stacked: whole.stacked, memory } }
}

/** Opens a capture that another thread has read. Flows are assigned again, because a flow table belongs to one thread. */
export function openShared(shared: SharedCapture): Recorded {
  const { path, reading, epoch, count, bytes, stacked, memory } = shared
  const batch = new PacketBatch(count, bytes, memory)
  batch.tunnels = tunnelsOf(reading)
  batch.count = count
  batch.stacked = stacked
  batch.isLasting = true
  const flows = new FlowTable(reading)
  flows.assign(batch)
  return { path, epoch, batch, flows, places: new Map(), placed: new WeakMap(), shared }
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
  appendPackets(to, from, 0, from.count)
  for (const rebuilt of from.rebuilt) to.rebuilt.push({ ...rebuilt, index: base + rebuilt.index })
}
