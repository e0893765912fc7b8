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
import { NOP_NOP_TIMESTAMPS } from './segment.ts'
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
 * does nothing and answers false. `flags` must be ACK, or ACK and PSH; `end` is where the captured bytes end.
 */
export function advanceInOrder(
  words: Int32Array,
  base: number,
  view: DataView,
  l4: number,
  end: number,
  length: number,
  fromBatchClient: boolean,
): boolean {
  const head = words[base] ?? 0
  if ((head & PLAIN_MASK) !== State.established) return false
  const toServer = fromBatchClient === ((head & Flag.flipped) === 0)
  const own = base + (toServer ? CLIENT : SERVER)
  const peer = base + (toServer ? SERVER : CLIENT)

  const seq = view.getInt32(l4 + 4)
  if (seq !== words[own + NEXT]) return false
  const ack = view.getInt32(l4 + 8)
  const acked = words[peer + ACKED] ?? 0
  if (((ack - acked) | 0) < 0 || ((ack - (words[peer + LIMIT] ?? 0)) | 0) > 0) return false
  const next = (seq + length) | 0
  if (((next - (words[own + ACKED] ?? 0)) | 0) < 0 || ((next - (words[own + LIMIT] ?? 0)) | 0) > 0)
    return false
  if (length === 1 && words[own + WINDOW] === 0) return false

  const header = view.getUint8(l4 + 12) >> 4
  if (header === 8) {
    if (l4 + 32 > end || view.getInt32(l4 + 20) !== NOP_NOP_TIMESTAMPS) return false
    if ((head & Flag.timestamps) !== 0) {
      const stamp = view.getInt32(l4 + 24)
      if (isOldStamp(stamp, words[own + STAMP] ?? 0)) return false
      if (length === 0) words[own + STAMP] = stamp
    }
  } else if (header !== 5) return false

  if (!toServer) words[base] = head | Flag.confirmed
  const window = view.getUint16(l4 + 14) << scaleOf(head, peer - base)
  const limit = (ack + window) | 0
  words[own + NEXT] = next
  words[peer + WINDOW] = window
  words[peer + ACKED] = ack
  if (((limit - (words[peer + LIMIT] ?? 0)) | 0) > 0) words[peer + LIMIT] = limit
  return true
}
