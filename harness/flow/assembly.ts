import type { Nanos } from '../model/batch.ts'
import type { Overlap } from '../model/reading.ts'
import { Extent } from './extent.ts'
import type { Fragment } from './fragment.ts'
import { type Arrival, checkDrop, DISCARD, SKIP, trimBsd } from './overlap.ts'
import { insertPiece, joinPieces, joinsRun, type Piece } from './piece.ts'
import type { Slab } from './slab.ts'

/** One datagram during reassembly. */
export class Assembly {
  /** Number of the datagram, from 0 in the order of beginning. */
  readonly number: number
  /** Flow of the datagram; -1 until its transport header is known. */
  flow = -1
  direction = 0
  /** When reassembly times out. */
  due: Nanos
  /** Bytes of the fragments held. */
  held = 0
  /** In order of offset; at equal offsets the oldest first. */
  readonly #pieces: Piece[] = []
  readonly #extent = new Extent()
  #endSeen = false

  constructor(number: number, due: Nanos) {
    this.number = number
    this.due = due
  }

  /**
   * Adds the data of a fragment; `head`: the headers before the segment, of the fragment at offset 0. Kept bytes are copied into `slab`.
   * Returns 0 if the fragment is kept, else `SKIP`, or `DISCARD` if the whole datagram is to be discarded.
   */
  add(
    bytes: Uint8Array,
    { six, offset, from, to, isLast }: Fragment,
    head: Uint8Array | undefined,
    overlap: Overlap,
    slab: Slab,
  ): number {
    const arrival = { offset, length: to - from }
    const trim = overlap === 'bsd' ? trimBsd(this.#pieces, arrival) : this.#check(six, arrival, !isLast)
    if (trim === DISCARD) return DISCARD
    if (trim === SKIP || trim >= arrival.length) return SKIP
    const data = slab.copy(bytes, from + trim, to)
    insertPiece(this.#pieces, {
      offset: offset + trim,
      data,
      joins: joinsRun(this.#pieces, offset),
      more: !isLast,
      trim: 0,
      head: trim === 0 ? head : undefined,
    })
    this.held += data.length
    if (overlap === 'bsd' ? isLast : this.#extent.is(this.held)) this.#endSeen = true
    return 0
  }

  #check(six: boolean, arrival: Arrival, more: boolean): number {
    const { offset, length } = arrival
    return this.#extent.admit(six, offset + length, length, more) || checkDrop(this.#pieces, arrival)
  }

  /** Headers and whole segment; undefined while something is missing. */
  whole(slab: Slab): Uint8Array | undefined {
    return this.#endSeen ? joinPieces(this.#pieces, slab) : undefined
  }
}
