import { endOf, type Piece, type Span } from './piece.ts'

/** A fragment to be added: bytes[0, length) of its data belong at `offset`. */
export interface Arrival {
  readonly offset: number
  readonly length: number
}

/** The fragment is not to be kept. */
export const SKIP = -1
/** The whole datagram is to be discarded. */
export const DISCARD = -2

/**
 * How many bytes at the start of a fragment are already there, or `SKIP`, by the BSD policy as in Suricata 7.0.10 (defrag.c):
 * an older fragment that begins before the new one, or with it, keeps its data; of one that begins later, the new one takes the
 * start. Only the first older fragment that the new one reaches is checked, and the one after it, so on overlap with a third the
 * newer data may win, as it does in Suricata.
 */
export function trimBsd(pieces: Piece[], { offset, length }: Arrival): number {
  const end = offset + length
  for (let at = firstToLookAt(pieces, offset); at < pieces.length; at++) {
    const older = pieces[at]
    if (older === undefined || offset >= endOf(older)) continue
    const next = pieces[at + 1]
    if (older.offset <= offset) {
      if (endOf(older) > end) return SKIP
      trimTo(next, end)
      dropTrimmed(pieces, at)
      return endOf(older) - offset
    }
    if (end > older.offset + older.trim) older.trim = Math.max(older.trim, end - older.offset)
    trimTo(next, end)
    dropTrimmed(pieces, at)
    return 0
  }
  return 0
}

/** The piece before the first one that begins at `offset` or later; index 0 if there is none before it, or none begins there. */
function firstToLookAt(pieces: readonly Piece[], offset: number): number {
  // Suricata computes offset - 1 in 16 bits, which for 0 is beyond everything.
  if (offset === 0) return 0
  const at = pieces.findIndex((piece) => piece.offset >= offset)
  return Math.max(at - 1, 0)
}

function trimTo(next: Piece | undefined, end: number): void {
  if (next !== undefined && end > next.offset) next.trim = end - next.offset
}

function dropTrimmed(pieces: Piece[], at: number): void {
  const piece = pieces[at]
  if (piece !== undefined && piece.trim >= piece.data.length) pieces.splice(at, 1)
}

/**
 * 0 for a fragment that overlaps nothing, `SKIP` for one that repeats data of a single run, `DISCARD` for any other overlap
 * (RFC 5722; Linux applies this to IPv4 too). A run consists of fragments that came in order, each at the end of all before it
 * (Linux inet_fragment.c).
 */
export function checkDrop(pieces: readonly Span[], { offset, length }: Arrival): number {
  const end = offset + length
  for (let from = 0; from < pieces.length; ) {
    let to = from + 1
    while (pieces[to]?.joins === true) to++
    const begin = pieces[from]?.offset ?? 0
    const last = pieces[to - 1]
    const stop = last === undefined ? begin : endOf(last)
    if (offset < stop && end > begin) return offset >= begin && end <= stop ? SKIP : DISCARD
    from = to
  }
  return 0
}
