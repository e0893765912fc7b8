import { PacketBatch } from '../../harness/model/batch.ts'
import { decodeBatch } from '../../harness/wire/decode.ts'

/** A packet as it is sent to a process: which flow it is of, and which way it goes, was found out by whoever sends it. */
export interface SentPacket {
  readonly frame: string
  readonly link: number
  readonly time: number
  readonly flow: number
  readonly direction: number
}

/** Packet `index` of a batch. */
export function sentPacket(batch: PacketBatch, index: number): SentPacket {
  return {
    frame: Buffer.from(batch.copyFrame(index)).toString('base64'),
    link: batch.link[index] ?? 0,
    time: batch.time[index] ?? 0,
    flow: batch.flow[index] ?? -1,
    direction: batch.direction[index] ?? 0,
  }
}

/** The packet alone, read from its bytes. */
export function batchOf(sent: SentPacket): PacketBatch {
  const frame = Buffer.from(sent.frame, 'base64')
  const batch = new PacketBatch(1, frame.length)
  batch.bytes.set(frame)
  batch.count = 1
  batch.captured[0] = frame.length
  batch.original[0] = frame.length
  batch.link[0] = sent.link
  batch.time[0] = sent.time
  decodeBatch(batch)
  batch.flow[0] = sent.flow
  batch.direction[0] = sent.direction
  return batch
}
