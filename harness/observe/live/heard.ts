import { PacketBatch } from '../../model/batch.ts'
import { Link } from '../../model/codes.ts'
import { decodeBatch } from '../../wire/decode.ts'
import type { FrameColumns } from './frames.ts'

/** Makes `batch` hold frames [from, to) as they were heard, decoded with `tunnels`, a `Tunnels` code; their bytes are not copied. */
export function readHeard(
  batch: PacketBatch,
  frames: FrameColumns,
  from: number,
  to: number,
  tunnels: number,
): void {
  batch.tunnels = tunnels
  batch.bytes = frames.bytes
  batch.view = new DataView(frames.bytes.buffer, frames.bytes.byteOffset, frames.bytes.byteLength)
  batch.count = to - from
  for (let i = 0; i < batch.count; i++) {
    batch.start[i] = frames.start[from + i] ?? 0
    batch.captured[i] = frames.length[from + i] ?? 0
    batch.original[i] = frames.length[from + i] ?? 0
    batch.time[i] = frames.time[from + i] ?? 0
    batch.link[i] = Link.raw
  }
  decodeBatch(batch)
}

/** A batch of one datagram that was heard at `time`, decoded with `tunnels`; its bytes are not copied. */
export function heardAlone(frame: Uint8Array, time: number, tunnels: number): PacketBatch {
  const batch = new PacketBatch(1, 0)
  batch.tunnels = tunnels
  batch.bytes = frame
  batch.view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  batch.count = 1
  batch.captured[0] = frame.length
  batch.original[0] = frame.length
  batch.time[0] = time
  batch.link[0] = Link.raw
  decodeBatch(batch)
  return batch
}
