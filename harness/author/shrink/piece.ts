import { FlowTable } from '../../flow/table.ts'
import { NANOS_PER_SECOND, type Nanos, PacketBatch } from '../../model/batch.ts'
import { type Reading, tunnelsOf } from '../../model/reading.ts'
import type { Recorded } from '../../timeline/recorded.ts'
import { decodeBatch } from '../../wire/decode.ts'
import { payloadRange } from '../../wire/payload.ts'

/** One packet of the capture that is shrunk. */
export interface Piece {
  /** In the whole capture, from 1. */
  readonly number: number
  /** Since the whole capture's epoch. */
  readonly time: Nanos
  readonly frame: Uint8Array
  /** Bytes on the wire. */
  readonly original: number
  /** A `Link` code. */
  readonly link: number
  /** In the whole capture; -1: of none. */
  readonly flow: number
  readonly direction: number
  /** Bytes of payload that can be made fewer; 0 where it has none, or is a fragment or no TCP or UDP. */
  readonly payload: number
}

/** The packets of a capture. */
export function piecesOf({ batch }: Recorded): readonly Piece[] {
  return Array.from({ length: batch.count }, (_, index): Piece => {
    const frame = batch.copyFrame(index)
    const link = batch.link[index] ?? 0
    const range = payloadRange({ bytes: frame, link, tunnels: batch.tunnels })
    return {
      number: batch.number[index] ?? 0,
      time: batch.time[index] ?? 0,
      frame,
      original: batch.original[index] ?? 0,
      link,
      flow: batch.flow[index] ?? -1,
      direction: batch.direction[index] ?? 0,
      payload: range === undefined ? 0 : range.to - range.from,
    }
  })
}

/** Makes a capture of packets, numbered anew from 1, as if it were read from a file: its epoch is the second in which it begins. */
export function recordedOf(
  pieces: readonly Piece[],
  epoch: bigint,
  reading: Reading,
  path: string,
): Recorded {
  const batch = new PacketBatch(
    pieces.length,
    pieces.reduce((bytes, { frame }) => bytes + frame.length, 0),
  )
  batch.tunnels = tunnelsOf(reading)
  const begin = Math.floor((pieces[0]?.time ?? 0) / NANOS_PER_SECOND) * NANOS_PER_SECOND
  let at = 0
  for (const [index, { frame, time, original, link }] of pieces.entries()) {
    batch.bytes.set(frame, at)
    batch.number[index] = index + 1
    batch.start[index] = at
    batch.captured[index] = frame.length
    batch.original[index] = original
    batch.time[index] = time - begin
    batch.link[index] = link
    at += frame.length
  }
  batch.count = pieces.length
  decodeBatch(batch)
  const flows = new FlowTable(reading)
  flows.assign(batch)
  return { path, epoch: epoch + BigInt(begin), batch, flows, places: new Map(), placed: new WeakMap() }
}
