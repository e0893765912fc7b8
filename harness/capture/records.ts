import type { PacketBatch } from '../model/batch.ts'
import type { CaptureHeader, Damage } from '../model/capture.ts'

/** Bytes of the longest frame that is read: libpcap's own limit for a snapshot length. A longer one is damage. */
export const MAX_FRAME = 262_144

/** Bytes of the longest record of any format, including its headers; a longer one is damage. */
export const MAX_RECORD = 1 << 20

/** The column's limit: longer lengths on the wire are stored as this. */
export const LARGEST_INT = 0x7fff_ffff

/** Why a record of this captured length cannot be read. */
export function lengthFault(packet: number, captured: number): string {
  return `packet ${packet} claims ${captured} captured bytes, more than ${MAX_FRAME}`
}

/**
 * Walks the records of one capture format in the bytes that a source has read into a batch. It does no input itself
 * and never throws: what cannot be read becomes `damage`, and the walk ends.
 */
export interface RecordWalker {
  readonly header: CaptureHeader
  readonly links: ReadonlySet<string>
  readonly damage: Damage | undefined
  /** The least number of bytes that the record at the index returned by `walk` needs, as far as known. */
  readonly need: number
  /**
   * Appends the packets of the whole records in batch.bytes[from, to) until the batch is full; batch.bytes[0] is byte `base`
   * of the capture. Returns the index at which to continue: beyond `to` if the bytes up to there are not needed.
   */
  walk(batch: PacketBatch, from: number, to: number, base: number): number
  /** Reports that the capture ends `left` bytes after byte `offset`, where the next record was to begin. */
  finish(offset: number, left: number): void
}
