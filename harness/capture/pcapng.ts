import { NANOS_PER_SECOND, type Nanos, type PacketBatch } from '../model/batch.ts'
import type { Damage } from '../model/capture.ts'
import { type CaptureInterface, readInterface } from './interface.ts'
import { LARGEST_INT, lengthFault, MAX_FRAME, MAX_RECORD, type RecordWalker } from './records.ts'

/** Block types of draft-ietf-opsawg-pcapng; others are skipped. */
export const Block = {
  interface: 1,
  obsoletePacket: 2,
  simplePacket: 3,
  enhancedPacket: 6,
  section: 0x0a0d_0d0a,
} as const

export const BYTE_ORDER_MAGIC = 0x1a2b_3c4d
/** Type, length, and the length repeated at the end. */
const EMPTY_BLOCK = 12
/** The largest block that is read whole: a frame and ample room for options. Skipped blocks may be longer. */
const MAX_BLOCK = MAX_RECORD

/** The most interfaces of one section; each takes memory as long as its section lasts. */
const MOST_INTERFACES = 65_536

/** pcapng: any number of sections, each with its own byte order and any number of interfaces (draft-ietf-opsawg-pcapng). */
export class PcapngWalker implements RecordWalker {
  readonly header = { format: 'pcapng' as const, epoch: 0n }
  readonly links = new Set<string>()
  damage: Damage | undefined
  need = EMPTY_BLOCK
  #little = true
  #interfaces: CaptureInterface[] = []
  #packets = 0
  /** Seconds since 1970; undefined until a packet with a timestamp was read. */
  #epoch: bigint | undefined
  /** Time of the latest packet, for packets without timestamp. */
  #latest: Nanos = 0
  /** The block being skipped: its length, which must be repeated at its end (0: none), and its offset. */
  #skipped = 0
  #skippedAt = 0

  walk(batch: PacketBatch, from: number, to: number, base: number): number {
    let at = from
    while (this.damage === undefined && batch.count < batch.capacity) {
      const next = this.#skipped > 0 ? this.#endSkip(batch, at, to) : this.#block(batch, at, to, base)
      if (next === at) break
      at = next
      if (at > to) break
    }
    return at
  }

  finish(offset: number, left: number): void {
    if (this.#skipped > 0)
      this.damage = {
        offset: this.#skippedAt,
        reason: `a block of ${this.#skipped} bytes runs past the end of the capture`,
      }
    else if (left > 0)
      this.damage = { offset, reason: `a block is cut off: ${left} of ${this.need} bytes are there` }
  }

  /** Reads one block; returns the index after it, or `at` if it is incomplete or cannot be read. */
  #block(batch: PacketBatch, at: number, to: number, base: number): number {
    const { view } = batch
    this.need = EMPTY_BLOCK
    if (to - at < EMPTY_BLOCK) return at
    const type = view.getUint32(at, this.#little)
    if (type === Block.section && !this.#setByteOrder(view, at))
      return this.#fail(at, base, 'a section header has no byte-order magic')
    const length = view.getUint32(at + 4, this.#little)
    if (length < EMPTY_BLOCK || length % 4 !== 0)
      return this.#fail(at, base, `a block claims ${length} bytes, which no block can have`)
    if (!isRead(type)) {
      this.#skipped = length
      this.#skippedAt = base + at
      return at + length - 4
    }
    if (length > MAX_BLOCK)
      return this.#fail(at, base, `a block claims ${length} bytes, more than ${MAX_BLOCK}`)
    this.need = length
    if (to - at < length) return at
    if (view.getUint32(at + length - 4, this.#little) !== length)
      return this.#fail(at, base, 'the two lengths of a block differ')
    const fault = this.#take(batch, type, at + 8, at + length - 4)
    this.need = EMPTY_BLOCK
    return fault === undefined ? at + length : this.#fail(at, base, fault)
  }

  #fail(at: number, base: number, reason: string): number {
    this.damage = { offset: base + at, reason }
    return at
  }

  /** Checks the length at the end of a skipped block. */
  #endSkip(batch: PacketBatch, at: number, to: number): number {
    this.need = 4
    if (to - at < 4) return at
    if (batch.view.getUint32(at, this.#little) !== this.#skipped)
      return this.#fail(at, this.#skippedAt - at, 'the two lengths of a block differ')
    this.#skipped = 0
    this.need = EMPTY_BLOCK
    return at + 4
  }

  #setByteOrder(view: DataView, at: number): boolean {
    if (view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC) this.#little = true
    else if (view.getUint32(at + 8, false) === BYTE_ORDER_MAGIC) this.#little = false
    else return false
    return true
  }

  /** Reads the body view[at, end) of a block; returns a sentence if it cannot. */
  #take(batch: PacketBatch, type: number, at: number, end: number): string | undefined {
    const { view } = batch
    const little = this.#little
    switch (type) {
      case Block.enhancedPacket:
        return end - at < 20 ? tooShort() : this.#timed(batch, view.getUint32(at, little), at, end)
      case Block.obsoletePacket:
        return end - at < 20 ? tooShort() : this.#timed(batch, view.getUint16(at, little), at, end)
      case Block.simplePacket:
        return end - at < 4 ? tooShort() : this.#untimed(batch, at, end)
      case Block.interface:
        return this.#describe(view, at, end)
      default:
        return this.#section(view, at, end)
    }
  }

  #section(view: DataView, at: number, end: number): string | undefined {
    if (end - at < 16) return 'a section header is shorter than its fixed fields'
    const major = view.getUint16(at + 4, this.#little)
    if (major !== 1)
      return `version ${major}.${view.getUint16(at + 6, this.#little)} of the format is not 1.0`
    this.#interfaces = []
    return undefined
  }

  #describe(view: DataView, at: number, end: number): string | undefined {
    const described = readInterface(view, at, end, this.#little)
    if (typeof described === 'string') return described
    if (this.#interfaces.length === MOST_INTERFACES)
      return `its section describes more than ${MOST_INTERFACES} interfaces`
    if (this.#epoch !== undefined) described.setEpoch(this.#epoch)
    this.#interfaces.push(described)
    return undefined
  }

  /** Enhanced and obsolete packet blocks differ only in the width of the interface number. */
  #timed(batch: PacketBatch, id: number, at: number, end: number): string | undefined {
    const { view } = batch
    const little = this.#little
    const by = this.#interfaces[id]
    if (by === undefined) return this.#noInterface(id)
    const captured = view.getUint32(at + 12, little)
    const fault = this.#lengthFault(captured, end - at - 20)
    if (fault !== undefined) return fault
    const high = view.getUint32(at + 4, little)
    const low = view.getUint32(at + 8, little)
    if (this.#epoch === undefined) this.#setEpoch(by.secondsOf(high, low))
    this.#latest = by.nanos(high, low)
    this.#append(batch, by, at + 20, captured, view.getUint32(at + 16, little))
    return undefined
  }

  /** A simple packet block has neither time nor captured length; the latter follows from the first interface. */
  #untimed(batch: PacketBatch, at: number, end: number): string | undefined {
    const by = this.#interfaces[0]
    if (by === undefined) return this.#noInterface(0)
    const original = batch.view.getUint32(at, this.#little)
    const captured = by.snapLength > 0 ? Math.min(original, by.snapLength) : original
    const fault = this.#lengthFault(captured, end - at - 4)
    if (fault !== undefined) return fault
    this.#append(batch, by, at + 4, captured, original)
    return undefined
  }

  #append(batch: PacketBatch, by: CaptureInterface, start: number, captured: number, original: number): void {
    const at = batch.count
    this.#packets++
    if (!this.links.has(by.linkName)) this.links.add(by.linkName)
    batch.number[at] = this.#packets
    batch.start[at] = start
    batch.captured[at] = captured
    batch.original[at] = Math.min(original, LARGEST_INT)
    batch.time[at] = this.#latest
    batch.link[at] = by.link
    batch.count = at + 1
  }

  #setEpoch(seconds: bigint): void {
    this.#epoch = seconds
    this.header.epoch = seconds * BigInt(NANOS_PER_SECOND)
    for (const described of this.#interfaces) described.setEpoch(seconds)
  }

  #noInterface(id: number): string {
    return `packet ${this.#packets + 1} is of interface ${id}, which its section does not describe`
  }

  #lengthFault(captured: number, room: number): string | undefined {
    if (captured <= room && captured <= MAX_FRAME) return undefined
    return captured <= room
      ? lengthFault(this.#packets + 1, captured)
      : `packet ${this.#packets + 1} claims ${captured} captured bytes, but its block holds ${room}`
  }
}

function isRead(type: number): boolean {
  return (
    type === Block.enhancedPacket ||
    type === Block.interface ||
    type === Block.simplePacket ||
    type === Block.obsoletePacket ||
    type === Block.section
  )
}

function tooShort(): string {
  return 'a packet block is shorter than its fixed fields'
}
