import { PacketBatch } from '../../model/batch.ts'
import { Link } from '../../model/codes.ts'
import { decodeBatch } from '../../wire/decode.ts'
import { Anonymiser } from './anonymiser.ts'
import type { PayloadWord } from './filler.ts'

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index * 7)

/** Ethernet frames after they were anonymised together; on the wire each had `original` bytes, if not as many as are there. */
export function changed(
  frames: readonly Uint8Array[],
  payload: PayloadWord = 'scrub',
  original?: number,
): Uint8Array[] {
  const batch = new PacketBatch(frames.length, 0)
  batch.growBytes(
    frames.reduce((sum, { length }) => sum + length, 0),
    0,
  )
  let at = 0
  for (const frame of frames) {
    const i = batch.count++
    batch.bytes.set(frame, at)
    batch.start[i] = at
    batch.captured[i] = frame.length
    batch.original[i] = original ?? frame.length
    batch.link[i] = Link.ethernet
    at += frame.length
  }
  decodeBatch(batch)
  new Anonymiser(KEY, payload).change(batch)
  return frames.map((_, i) => batch.copyFrame(i))
}
