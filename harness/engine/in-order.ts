import type { PacketBatch } from '../model/batch.ts'
import { Options } from '../model/codes.ts'
import { isToServer } from './entry.ts'
import {
  ACKED,
  CLIENT,
  Flag,
  LIMIT,
  NEXT,
  SERVER,
  STAMP,
  STATE_MASK,
  State,
  scaleOf,
  WINDOW,
} from './record.ts'
import { isOldStamp } from './timestamps.ts'

/** An established session of which nothing special is awaited, whatever was offered in its handshake. */
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
 * Nearly every packet of a capture: an ACK, with or without data, that starts where it is expected to, within all windows,
 * on a plain established session. Does to the record exactly what `track` would, without a `Segment`, and answers true; or
 * does nothing and answers false. Packet `index` of the batch must be TCP, its flags ACK, or ACK and PSH.
 */
export function advanceInOrder(words: Int32Array, base: number, batch: PacketBatch, index: number): boolean {
  const head = words[base] ?? 0
  if ((head & PLAIN_MASK) !== State.established) return false
  const toServer = isToServer(head, batch.direction[index] ?? 0)
  const own = base + (toServer ? CLIENT : SERVER)
  const peer = base + (toServer ? SERVER : CLIENT)

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
    if (isOldStamp(stamp, words[own + STAMP] ?? 0)) return false
    if (length === 0) words[own + STAMP] = stamp
  }

  if (!toServer) words[base] = head | Flag.confirmed
  const window = (batch.window[index] ?? 0) << scaleOf(head, peer - base)
  const limit = (ack + window) | 0
  words[own + NEXT] = next
  words[peer + WINDOW] = window
  words[peer + ACKED] = ack
  if (((limit - (words[peer + LIMIT] ?? 0)) | 0) > 0) words[peer + LIMIT] = limit
  return true
}
