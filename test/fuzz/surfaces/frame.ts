import type { PacketBatch } from '../../../harness/model/batch.ts'

/** A frame, how long it was on the wire, and which tunnels it is read with. */
export interface FrameInput {
  readonly bytes: Uint8Array
  readonly link: number
  readonly original: number
  readonly tunnels: number
}

/** Makes a frame the one packet of a batch, `at` so many bytes of a buffer. */
export function load(
  batch: PacketBatch,
  { bytes, link, original, tunnels }: FrameInput,
  into: Uint8Array,
  at: number,
): void {
  if (into !== bytes) into.set(bytes, at)
  if (batch.bytes !== into) {
    batch.bytes = into
    batch.view = new DataView(into.buffer, into.byteOffset, into.byteLength)
  }
  batch.clear()
  batch.count = 1
  batch.start[0] = at
  batch.captured[0] = bytes.length
  batch.original[0] = original
  batch.link[0] = link
  batch.tunnels = tunnels
}
