import type { Slab } from './slab.ts'

/** What part of a segment some bytes are. */
export interface Span {
  /** Bytes of the segment before it. */
  readonly offset: number
  readonly data: { readonly length: number }
  /** Came when what is before it was the last of all that had come: the two are of one run. */
  readonly joins: boolean
}

/** What is kept of one fragment: its data, from where it does not repeat what came before. */
export interface Piece extends Span {
  readonly data: Uint8Array
  /** More fragments follow it. */
  readonly more: boolean
  /** Bytes at its start that a newer fragment stands in for. */
  trim: number
  /** IP header and what follows it up to the segment, of the fragment at offset 0. */
  readonly head: Uint8Array | undefined
}

/** Offset just behind a piece. */
export function endOf({ offset, data }: Span): number {
  return offset + data.length
}

/** Whether what comes at `offset` goes on where all that has come ends. */
export function joinsRun(pieces: readonly Span[], offset: number): boolean {
  const last = pieces.at(-1)
  return last !== undefined && endOf(last) === offset
}

/** Puts a piece behind all that begin before it or with it. */
export function insertPiece<P extends Span>(pieces: P[], piece: P): void {
  let at = pieces.length
  while (at > 0 && (pieces[at - 1]?.offset ?? 0) > piece.offset) at--
  pieces.splice(at, 0, piece)
}

/**
 * The head and the whole segment, undefined while something is missing. Pieces behind the one that ends the datagram are left
 * out, unless they begin where it does; where pieces overlap, the later one is written over the earlier one, but for its trim.
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
