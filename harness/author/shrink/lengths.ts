import { Kind, Tcp } from '../../model/codes.ts'
import { tunnelsOf } from '../../model/reading.ts'
import { readingOf } from '../../profile/reading.ts'
import { payloadRange, withPayload } from '../../wire/payload.ts'
import { type AddressChange, readdress } from '../../wire/readdress.ts'
import { mapSackEdges } from '../../wire/sack-edges.ts'
import { type Piece, recordedOf } from './piece.ts'
import type { Whole } from './variant.ts'

/** Lengths to which a payload of so many bytes may be cut, the least first: 0 and the powers of two below it. */
export function lengthsBelow(payload: number): readonly number[] {
  const lengths = [0]
  for (let length = 1; length < payload; length *= 2) lengths.push(length)
  return payload === 0 ? [] : lengths
}

/**
 * The packets with the payload of packet `at` cut to its first `keep` bytes. Of a TCP flow the bytes go out of the stream: from every
 * segment that carries them, and later sequence numbers and acknowledgements follow, so that it stays one consistent conversation.
 * Undefined where a packet that carries them cannot be cut.
 */
export function cutPayload(
  whole: Whole,
  pieces: readonly Piece[],
  at: number,
  keep: number,
): readonly Piece[] | undefined {
  const reading = readingOf(whole.test.setup)
  const tunnels = tunnelsOf(reading)
  const { batch } = recordedOf(pieces, whole.epoch, reading, '')
  const cut = pieces[at]
  if (cut === undefined) return undefined
  const kind = batch.kind[at]
  if (kind !== Kind.tcp4 && kind !== Kind.tcp6)
    return replaced(
      pieces,
      at,
      shortened(cut, tunnels, (payload) => payload.subarray(0, keep)),
    )
  const removed = cut.payload - keep
  const begin = ((batch.seq[at] ?? 0) + synOf(batch.flags[at]) + keep) | 0
  const changed: Piece[] = []
  for (const [index, piece] of pieces.entries()) {
    const same = piece.direction === cut.direction
    if (piece.flow !== cut.flow || batch.kind[index] !== kind) {
      changed.push(piece)
      continue
    }
    const number = (same ? batch.seq[index] : batch.ack[index]) ?? 0
    const data = same ? (number + synOf(batch.flags[index]) - begin) | 0 : 0
    const within = same ? overlap(data, batch.payload[index] ?? 0, removed) : 0
    const shorter =
      within === 0
        ? piece
        : shortened(piece, tunnels, (payload) => without(payload, Math.max(0, -data), within))
    if (shorter === undefined) return undefined
    const moved = (number: number) => -Math.min(Math.max((number - begin) | 0, 0), removed)
    const delta = moved(number)
    if (same) changed.push(readdressed(shorter, { seqDelta: delta }, tunnels))
    else {
      const acknowledging = readdressed(shorter, { ackDelta: delta }, tunnels)
      // Edges lie behind the acknowledgement, and were moved by as much as that.
      changed.push(withSacks(acknowledging, tunnels, (edge) => edge - delta + moved(edge - delta)))
    }
  }
  return changed
}

function readdressed(piece: Piece, change: AddressChange, tunnels: number): Piece {
  if (change.seqDelta === 0 || change.ackDelta === 0) return piece
  const frame = piece.frame.slice()
  readdress(frame, piece.link, change, tunnels)
  return { ...piece, frame }
}

/** The packet with other edges of selective acknowledgements, where it has any. */
function withSacks(piece: Piece, tunnels: number, map: (edge: number) => number): Piece {
  const template = { bytes: piece.frame.slice(), link: piece.link, tunnels }
  const range = payloadRange(template)
  if (range === undefined || !mapSackEdges(template, map)) return piece
  const frame = withPayload(template, template.bytes.subarray(range.from, range.to))
  return frame === undefined ? piece : { ...piece, frame, original: frame.length }
}

/** A SYN takes a number of its own, before the data. */
function synOf(flags = 0): number {
  return (flags & Tcp.syn) === 0 ? 0 : 1
}

/** How many of `length` bytes from `at` on lie in 0 … `removed`-1. */
function overlap(at: number, length: number, removed: number): number {
  return Math.max(0, Math.min(at + length, removed) - Math.max(at, 0))
}

function without(payload: Uint8Array, from: number, count: number): Uint8Array {
  const left = new Uint8Array(payload.length - count)
  left.set(payload.subarray(0, from))
  left.set(payload.subarray(from + count), from)
  return left
}

function replaced(pieces: readonly Piece[], at: number, piece: Piece | undefined) {
  return piece === undefined ? undefined : pieces.with(at, piece)
}

/** A packet with less payload; undefined where it cannot be had. */
function shortened(
  piece: Piece,
  tunnels: number,
  shorten: (payload: Uint8Array) => Uint8Array,
): Piece | undefined {
  const template = { bytes: piece.frame, link: piece.link, tunnels }
  const range = piece.payload === 0 ? undefined : payloadRange(template)
  if (range === undefined) return undefined
  const payload = shorten(piece.frame.subarray(range.from, range.to))
  const frame = withPayload(template, payload)
  return frame && { ...piece, frame, original: frame.length, payload: payload.length }
}
