import { NANOS_PER_SECOND, type PacketBatch } from '../model/batch.ts'
import type { Damage } from '../model/capture.ts'
import { linkTypeOf } from './link-types.ts'
import { LARGEST_INT, lengthFault, MAX_FRAME, type RecordWalker } from './records.ts'

/** Bytes before the first record, and before each frame (draft-ietf-opsawg-pcap 4 and 5). */
export const FILE_HEADER = 24
export const RECORD_HEADER = 16

/** What the magic number of a classic file gives: byte order, and the nanoseconds per unit of the fraction. */
export interface ClassicForm {
  readonly little: boolean
  readonly unit: 1 | 1000
}

/** Why a classic file header cannot be read; undefined if it can. Versions as in draft-ietf-opsawg-pcap 4. */
export function versionFault(major: number, minor: number): string | undefined {
  return major === 2 && minor === 4 ? undefined : `version ${major}.${minor} of the format is not 2.4`
}

/** Why a capture that ends `left` bytes after its beginning cannot be read. */
export function cutHeader(left: number): string {
  return `the file header is cut off after ${left} of ${FILE_HEADER} bytes`
}

/** Why the record of this packet cannot be read, which needs at least `need` bytes, of which `left` are there. */
export function cutRecord(packet: number, left: number, need: number): string {
  return `packet ${packet} is cut off: ${left} of ${need} bytes of its record are there`
}

/** The link type in the last field of the file header, without the bits for the length of a frame check sequence. */
export function linkField(field: number): number {
  return field & 0x03ff_ffff
}

/** Classic pcap, microseconds or nanoseconds, either byte order (draft-ietf-opsawg-pcap). */
export class ClassicWalker implements RecordWalker {
  readonly header = { format: 'pcap' as const, epoch: 0n }
  readonly links = new Set<string>()
  damage: Damage | undefined
  need = FILE_HEADER
  readonly #form: ClassicForm
  #headerRead = false
  #link = 0
  #packets = 0
  /** Initially never a small integer, so that V8 represents times as doubles from the first packet on. */
  #epochSeconds = Number.NEGATIVE_INFINITY

  constructor(form: ClassicForm) {
    this.#form = form
  }

  walk(batch: PacketBatch, from: number, to: number, base: number): number {
    let at = from
    if (!this.#headerRead) {
      if (to - at < FILE_HEADER) return at
      this.#readHeader(batch.view, at)
      if (this.damage !== undefined) return at
      at += FILE_HEADER
    }
    this.need = RECORD_HEADER
    if (to - at < RECORD_HEADER) return at
    if (this.#packets === 0) this.#setEpoch(batch.view, at, to)
    return this.#walkRecords(batch, at, to, base)
  }

  finish(offset: number, left: number): void {
    if (!this.#headerRead) this.damage = { offset, reason: cutHeader(left) }
    else if (left > 0) this.damage = { offset, reason: cutRecord(this.#packets + 1, left, this.need) }
  }

  #readHeader(view: DataView, at: number): void {
    const { little } = this.#form
    const fault = versionFault(view.getUint16(at + 4, little), view.getUint16(at + 6, little))
    if (fault !== undefined) {
      this.damage = { offset: 0, reason: fault }
      return
    }
    const type = linkTypeOf(linkField(view.getUint32(at + 20, little)))
    this.links.add(type.name)
    this.#link = type.code
    this.#headerRead = true
  }

  /** Sets the epoch to the whole second of the first packet, once that is there and readable. */
  #setEpoch(view: DataView, at: number, to: number): void {
    const captured = view.getUint32(at + 8, this.#form.little)
    if (captured > MAX_FRAME || to - at < RECORD_HEADER + captured) return
    this.#epochSeconds = view.getUint32(at, this.#form.little)
    this.header.epoch = BigInt(this.#epochSeconds) * BigInt(NANOS_PER_SECOND)
  }

  #walkRecords(batch: PacketBatch, from: number, to: number, base: number): number {
    const { view, number, start, captured, original, time, link, capacity } = batch
    const { little, unit } = this.#form
    const code = this.#link
    const epoch = this.#epochSeconds
    let packets = this.#packets
    let count = batch.count
    let at = from
    let need = RECORD_HEADER
    while (count < capacity && to - at >= RECORD_HEADER) {
      const length = view.getUint32(at + 8, little)
      if (length > MAX_FRAME) {
        this.damage = { offset: base + at, reason: lengthFault(packets + 1, length) }
        break
      }
      if (to - at - RECORD_HEADER < length) {
        need = RECORD_HEADER + length
        break
      }
      const wire = view.getUint32(at + 12, little)
      packets++
      number[count] = packets
      start[count] = at + RECORD_HEADER
      captured[count] = length
      original[count] = Math.min(wire, LARGEST_INT)
      time[count] =
        (view.getUint32(at, little) - epoch) * NANOS_PER_SECOND + view.getUint32(at + 4, little) * unit
      link[count] = code
      count++
      at += RECORD_HEADER + length
    }
    batch.count = count
    this.#packets = packets
    this.need = need
    return at
  }
}
