import { oddityAt, settleOddity } from './oddities.ts'
import { Flag, NEXT, SERVER, STAMP } from './record.ts'
import type { Segment } from './segment.ts'
import { before } from './sequence.ts'
import type { SessionTable } from './table.ts'

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
export function passesPaws(table: SessionTable, base: number, own: number, segment: Segment): boolean {
  const { words } = table
  if (((words[base] ?? 0) & Flag.timestamps) === 0 || !segment.hasTimestamp) return true
  return !isOldStamp(segment.stamp, words[own + STAMP] ?? 0) || isFirstStamp(table, base, own, segment)
}

/** Accepts the server's first timestamp, in order, whatever its value, if its SYN-ACK was not seen. */
function isFirstStamp(table: SessionTable, base: number, own: number, segment: Segment): boolean {
  if (own - base !== SERVER || segment.stamp === 0 || segment.seq !== table.words[own + NEXT]) return false
  return oddityAt(table, base)?.unstamped === true
}

/**
 * Remembers the timestamp of a segment that starts at the next expected sequence number. In an established session that
 * number has moved past the segment's data by now, so only segments without data count there.
 */
export function noteTimestamp(table: SessionTable, base: number, own: number, segment: Segment): void {
  const { words } = table
  if (((words[base] ?? 0) & Flag.timestamps) === 0 || !segment.hasTimestamp) return
  const isOld = isOldStamp(segment.stamp, words[own + STAMP] ?? 0)
  if (isOld && !isFirstStamp(table, base, own, segment)) return
  if (segment.seq === words[own + NEXT]) words[own + STAMP] = segment.stamp
  if (own - base !== SERVER) return
  const oddity = oddityAt(table, base)
  if (oddity?.unstamped !== true) return
  oddity.unstamped = false
  settleOddity(table, base, oddity)
}
