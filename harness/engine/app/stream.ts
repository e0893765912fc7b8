import type { SeenWindow } from './app-view.ts'
import { giveWindow, takeWindow } from './windows.ts'

const NOTHING = new Uint8Array(0)
/** The most separate blocks of one direction; a segment that would add another is not taken. */
const MAX_BLOCKS = 256

/**
 * One direction of a TCP connection, reassembled. Positions count bytes from the first one after the SYN. On overlap the first data
 * wins: a later segment fills only gaps, as Suricata does inline, where it also rewrites the packet.
 */
export class Stream implements SeenWindow {
  /** The position up to which the parser has consumed. */
  progress = 0
  /** The parser is to be called only when this many bytes are there. */
  required = 0
  /** Up to where the peer has acknowledged it. To be set before it is looked at. */
  acked = 0
  /** From here on it is needed, as was noted after its last packet. */
  edge = 0
  /** More than `depth` bytes came: nothing more is taken (Suricata's stream.reassembly.depth). */
  full = false
  seenFrom = 0
  seenTo = 0
  found: readonly number[] | undefined = undefined
  /** Some data has been taken. */
  started = false
  bytes: Uint8Array = NOTHING
  /** Position of `bytes[0]`. */
  #start = 0
  /** The blocks: from, to, from, to …, in order, never touching. */
  readonly #blocks: number[] = []
  /** Part of the last segment had come before: the earlier data is kept. */
  overlapped = false
  /** Result of `find`: index in `bytes`, and length. */
  foundAt = 0
  foundLength = 0

  /** Bytes of memory held. */
  get size(): number {
    return this.bytes.length
  }

  /** The first position that is still held. */
  get start(): number {
    return this.#start
  }

  /** The end of the last block. */
  get end(): number {
    return this.#blocks[this.#blocks.length - 1] ?? this.#start
  }

  /** The number of contiguous bytes from the start; 0 once data was released there (Suricata counts so for its detection limit). */
  get fromStart(): number {
    return this.#start === 0 && this.#blocks[0] === 0 ? (this.#blocks[1] ?? 0) : 0
  }

  /** Inserts `source[from … to-1]` at `position`; bytes before the start of the window are dropped. */
  insert(position: number, source: Uint8Array, from: number, to: number): void {
    this.overlapped = false
    let left = position
    let begin = from
    if (left < this.#start) {
      begin += this.#start - left
      left = this.#start
    }
    const right = left + to - begin
    if (begin >= to || !this.#hasRoom(left, right)) return
    this.started = true
    this.#reserve(right - this.#start)
    const blocks = this.#blocks
    const last = blocks.length - 1
    if (last < 0 || left >= (blocks[last] ?? 0)) {
      this.bytes.set(source.subarray(begin, to), left - this.#start)
      if (last >= 0 && left === blocks[last]) blocks[last] = right
      else blocks.push(left, right)
    } else this.#fill(left, right, source, begin)
  }

  /**
   * Looks for bytes at `position`: returns true and sets `foundAt` and `foundLength`. If there are none, returns false; `foundLength` is
   * then the size of the gap before the next block, 0 if there is no later one.
   */
  find(position: number): boolean {
    const blocks = this.#blocks
    for (let i = 0; i < blocks.length; i += 2) {
      const left = blocks[i] ?? 0
      const right = blocks[i + 1] ?? 0
      if (right <= position) continue
      this.foundLength = left > position ? left - position : right - position
      this.foundAt = position - this.#start
      return left <= position
    }
    this.foundLength = 0
    return false
  }

  /** The start of the block that contains `position`; `find` gives its end. */
  pieceStart(position: number): number {
    const blocks = this.#blocks
    for (let i = 0; i < blocks.length; i += 2)
      if ((blocks[i + 1] ?? 0) > position) return Math.min(blocks[i] ?? 0, position)
    return position
  }

  /** Index in `bytes` of a position. */
  indexOf(position: number): number {
    return position - this.#start
  }

  /** Releases everything before `position`. */
  forget(position: number): void {
    const cut = Math.min(position, this.end) - this.#start
    if (cut <= 0) return
    const blocks = this.#blocks
    const kept = this.end - this.#start - cut
    if (kept > 0) this.bytes.copyWithin(0, cut, cut + kept)
    this.#start += cut
    while (blocks.length > 0 && (blocks[1] ?? 0) <= this.#start) blocks.splice(0, 2)
    if ((blocks[0] ?? this.#start) < this.#start) blocks[0] = this.#start
  }

  /** Records that everything up to `position` came and is no longer needed. Only if nothing is held. */
  pass(position: number): void {
    this.started = true
    this.progress = position
    this.#start = position
    this.#blocks.length = 0
  }

  /** Returns the memory; to be called when the stream is no longer used. */
  release(): void {
    giveWindow(this.bytes)
    this.bytes = NOTHING
  }

  #hasRoom(left: number, right: number): boolean {
    const blocks = this.#blocks
    return blocks.length < 2 * MAX_BLOCKS || (left >= (blocks[0] ?? 0) && right <= this.end)
  }

  #fill(left: number, right: number, source: Uint8Array, begin: number): void {
    const blocks = this.#blocks
    const merged: number[] = []
    let from = left
    let to = right
    let at = left
    let placed = false
    for (let i = 0; i < blocks.length; i += 2) {
      const blockFrom = blocks[i] ?? 0
      const blockTo = blocks[i + 1] ?? 0
      if (blockTo < left) merged.push(blockFrom, blockTo)
      else if (blockFrom > right) {
        if (!placed) merged.push(from, to)
        placed = true
        merged.push(blockFrom, blockTo)
      } else {
        if (blockFrom < right && blockTo > left) this.overlapped = true
        if (blockFrom > at) this.#copy(at, Math.min(blockFrom, right), source, begin - left)
        at = Math.max(at, blockTo)
        from = Math.min(from, blockFrom)
        to = Math.max(to, blockTo)
      }
    }
    if (at < right) this.#copy(at, right, source, begin - left)
    if (!placed) merged.push(from, to)
    blocks.length = 0
    for (const edge of merged) blocks.push(edge)
  }

  /** Copies positions `from` … `to`-1, which are at `position + shift` in `source`. */
  #copy(from: number, to: number, source: Uint8Array, shift: number): void {
    if (from < to) this.bytes.set(source.subarray(from + shift, to + shift), from - this.#start)
  }

  #reserve(length: number): void {
    if (length <= this.bytes.length) return
    const grown = takeWindow(length)
    grown.set(this.bytes)
    this.release()
    this.bytes = grown
  }
}
