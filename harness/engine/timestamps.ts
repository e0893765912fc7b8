import { Flag, NEXT, STAMP } from './record.ts'
import type { Segment } from './segment.ts'
import { before } from './sequence.ts'

/** By how much a timestamp may be older than the last one; Suricata allows one by default. */
const TOLERANCE = 1

/** Whether a timestamp value is too old. */
export function isOldStamp(stamp: number, last: number): boolean {
  return stamp === 0 || before((stamp + TOLERANCE) | 0, last)
}

/**
 * Protection against wrapped sequence numbers, PAWS (RFC 7323 5): a value of 0 fails, as with a BSD receiver, and so does one older
 * than the last. Passes if the session does not use timestamps, or the segment has none.
 */
export function passesPaws(words: Int32Array, base: number, own: number, segment: Segment): boolean {
  if (((words[base] ?? 0) & Flag.timestamps) === 0 || !segment.hasTimestamp) return true
  const last = words[own + STAMP] ?? 0
  return !isOldStamp(segment.stamp, last) || isFirstStamp(words, base, own, segment, last)
}

/** Accepts the first timestamp, in order, of a side of which none was seen before, whatever its value. */
function isFirstStamp(words: Int32Array, base: number, own: number, segment: Segment, last: number): boolean {
  if (last !== 0 || segment.stamp === 0 || segment.seq !== words[own + NEXT]) return false
  return ((words[base] ?? 0) & Flag.pickedUp) === 0
}

/**
 * Remembers the timestamp of a segment that starts at the next expected sequence number. In an established session that
 * number has moved past the segment's data by now, so only segments without data count there.
 */
export function noteTimestamp(words: Int32Array, base: number, own: number, segment: Segment): void {
  if (((words[base] ?? 0) & Flag.timestamps) === 0 || !segment.hasTimestamp) return
  const last = words[own + STAMP] ?? 0
  if (segment.seq !== words[own + NEXT]) return
  if (!isOldStamp(segment.stamp, last) || isFirstStamp(words, base, own, segment, last))
    words[own + STAMP] = segment.stamp
}
