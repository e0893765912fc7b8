import type { PacketBatch } from '../model/batch.ts'
import { Options } from '../model/codes.ts'
import { isFromServer } from './entry.ts'
import {
  ACKED,
  CLIENT,
  Flag,
  LIMIT,
  NEXT,
  STAMP,
  STATE_MASK,
  STREAM_WORDS,
  State,
  scaleOf,
  WINDOW,
} from './record.ts'
import { hasTold } from './telling.ts'
import { isOldStamp } from './timestamps.ts'

/** Matches an established session without pending special cases, whatever was negotiated in its handshake. */
const PLAIN_MASK =
  STATE_MASK |
  Flag.marked |
  Flag.special |
  Flag.pickedUp |
  Flag.clientKeepalive |
  Flag.serverKeepalive |
  Flag.clientZeroProbe |
  Flag.serverZeroProbe |
  Flag.importedClient |
  Flag.importedServer

/**
 * Fast path for nearly every packet of a capture: an ACK, with or without data, that starts at the expected sequence number, within all
 * windows, on a plain established session. Either updates the record exactly as `track` would, without a `Segment`, and returns true; or
 * changes nothing and returns false. Packet `index` of the batch must be TCP with flags ACK, or ACK and PSH. If its data makes
 * protocol detection give up, that is recorded only when the other side answers.
 */
export function advanceInOrder(
  words: Int32Array,
  base: number,
  batch: PacketBatch,
  index: number,
  pickUp: boolean,
): boolean {
  const head = words[base] ?? 0
  if ((head & PLAIN_MASK) !== State.established) return false
  // Branch-free from here on for unpredictable conditions: the direction, and whether the packet carries data or opens a window.
  const fromServer = isFromServer(head, batch.direction[index] ?? 0)
  const own = base + CLIENT + fromServer * STREAM_WORDS
  const peer = base + CLIENT + (1 - fromServer) * STREAM_WORDS

  const seq = batch.seq[index] ?? 0
  if (seq !== words[own + NEXT]) return false
  const ack = batch.ack[index] ?? 0
  const acked = words[peer + ACKED] ?? 0
  if (((ack - acked) | 0) < 0 || ((ack - (words[peer + LIMIT] ?? 0)) | 0) > 0) return false
  const length = batch.payload[index] ?? 0
  const next = (seq + length) | 0
  if (((next - (words[own + ACKED] ?? 0)) | 0) < 0 || ((next - (words[own + LIMIT] ?? 0)) | 0) > 0)
    return false
  if (length === 1 && words[own + WINDOW] === 0) return false

  const options = batch.options[index]
  if (options === Options.other) return false
  if (options === Options.timestamps && (head & Flag.timestamps) !== 0) {
    const stamp = batch.stamp[index] ?? 0
    const last = words[own + STAMP] ?? 0
    if (isOldStamp(stamp, last)) return false
    const isEmpty = (length - 1) >> 31
    words[own + STAMP] = last ^ ((last ^ stamp) & isEmpty)
  }

  const isTurn = (head & Flag.serverLast) !== (Flag.serverLast & -fromServer)
  const given = isTurn && (head & Flag.gaveUp) === 0 && hasTold(words, base, pickUp) ? Flag.gaveUp : 0
  words[base] = (head & ~Flag.serverLast) | ((Flag.confirmed | Flag.serverLast) & -fromServer) | given
  const window = (batch.window[index] ?? 0) << scaleOf(head, peer - base)
  const limit = words[peer + LIMIT] ?? 0
  const beyond = (ack + window - limit) | 0
  words[own + NEXT] = next
  words[peer + WINDOW] = window
  words[peer + ACKED] = ack
  words[peer + LIMIT] = limit + (beyond & ~(beyond >> 31))
  return true
}
