import { PacketBatch } from '../../model/batch.ts'
import { Link } from '../../model/codes.ts'
import { decodeBatch } from '../../wire/decode.ts'

/** A batch of one datagram, which it does not copy, heard at a moment. */
export function aloneInBatch(frame: Uint8Array, time: number): PacketBatch {
  const batch = new PacketBatch(1, 0)
  batch.bytes = frame
  batch.view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  batch.captured[0] = frame.length
  batch.original[0] = frame.length
  batch.link[0] = Link.raw
  batch.time[0] = time
  batch.count = 1
  decodeBatch(batch)
  return batch
}
