import type { Slab } from './slab.ts'

/** A range of bytes of a segment. */
export interface Span {
  /** Offset in the segment, in bytes. */
  readonly offset: number
  readonly data: { readonly length: number }
  /** It came directly at the end of all that had come before: it belongs to the same run as the span before it. */
  readonly joins: boolean
}

/** The kept part of one fragment: its data from where it does not repeat earlier data. */
export interface Piece extends Span {
  readonly data: Uint8Array
  /** More fragments follow it. */
  readonly more: boolean
  /** Bytes at its start that a newer fragment replaces. */
  trim: number
  /** The IP header and the headers up to the segment, of the fragment at offset 0. */
  readonly head: Uint8Array | undefined
}

/** The offset just after a piece. */
export function endOf({ offset, data }: Span): number {
  return offset + data.length
}

/** Whether data at `offset` continues exactly at the end of all that has come. */
export function joinsRun(pieces: readonly Span[], offset: number): boolean {
  const last = pieces.at(-1)
  return last !== undefined && endOf(last) === offset
}

/** Inserts a piece after all that begin before it or with it. */
export function insertPiece<P extends Span>(pieces: P[], piece: P): void {
  let at = pieces.length
  while (at > 0 && (pieces[at - 1]?.offset ?? 0) > piece.offset) at--
  pieces.splice(at, 0, piece)
}

/**
 * The head and the whole segment; undefined while something is missing. Pieces after the one that ends the datagram are ignored,
 * unless they begin where it does; where pieces overlap, the later one overwrites the earlier one, except for its trim.
 */
export function joinPieces(pieces: readonly Piece[], slab: Slab): Uint8Array | undefined {
  const head = pieces[0]?.head
  if (head === undefined) return undefined
  let reached = 0
  for (const piece of pieces) {
    if (piece.offset > reached) return undefined
    reached = Math.max(reached, endOf(piece))
  }
  const whole = slab.take(head.length + reached)
  whole.set(head)
  let length = 0
  let last: Piece | undefined
  for (const piece of pieces) {
    if (last !== undefined && !last.more && piece.offset > last.offset) break
    if (piece.trim >= piece.data.length) continue
    const kept = piece.trim === 0 ? piece.data : piece.data.subarray(piece.trim)
    whole.set(kept, head.length + piece.offset + piece.trim)
    length = Math.max(length, endOf(piece))
    last = piece
  }
  return head.length + length === whole.length ? whole : whole.subarray(0, head.length + length)
}
