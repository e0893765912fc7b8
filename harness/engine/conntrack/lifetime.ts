import type { Nanos } from '../../model/batch.ts'
import { LAST_SEEN, STATE_MASK } from '../record.ts'
import type { SessionTable } from '../table.ts'
import { hasSeen, LAST, lastWindow, ORIGINAL, REPLY, retransmissions, Seen } from './record.ts'
import { Class, CtState } from './states.ts'

/** Rows of the time-out table after those of the states: many retransmissions or a closed window, and unacknowledged data. */
export const Clock = { retransmitting: 12, unacknowledged: 13 } as const

/**
 * Lets the entry at `base` live for a time-out from now on. The record holds the last nanosecond of its life, in place of the time
 * of the last packet: a gap of exactly the time-out is too long (nf_conntrack.h, nf_ct_is_expired).
 */
export function liveFor(table: SessionTable, base: number, now: Nanos, timeout: Nanos): void {
  table.times[(base >> 1) + LAST_SEEN] = now + timeout - 1
}

/** Whether there is an entry at `base` that has not expired. */
export function isAlive(table: SessionTable, base: number, now: Nanos): boolean {
  return ((table.words[base] ?? 0) & STATE_MASK) !== CtState.none && now <= table.lastSeen(base)
}

/** The remaining lifetime of the entry. */
export function remaining(table: SessionTable, base: number, now: Nanos): Nanos {
  return table.lastSeen(base) + 1 - now
}

/**
 * The time-out that a segment of that class, inside the windows, gives a connection in that state: a shorter one while it
 * retransmits, has unacknowledged data or a closed window (nf_conntrack_proto_tcp.c, nf_conntrack_tcp_packet).
 */
export function timeoutAfter(
  words: Int32Array,
  base: number,
  state: number,
  segmentClass: number,
  timeouts: Float64Array,
  mostRetransmissions: number,
): Nanos {
  const normal = timeouts[state] ?? 0
  const retransmitting = Math.min(normal, timeouts[Clock.retransmitting] ?? 0)
  const last = words[base + LAST] ?? 0
  const head = words[base] ?? 0
  if (retransmissions(last) >= mostRetransmissions && retransmitting < normal) return retransmitting
  if (segmentClass === Class.rst) return timeouts[CtState.close] ?? 0
  const unacknowledged =
    hasSeen(head, ORIGINAL, Seen.unacknowledged) || hasSeen(head, REPLY, Seen.unacknowledged)
  const impatient = Math.min(normal, timeouts[Clock.unacknowledged] ?? 0)
  if (unacknowledged && impatient < normal) return impatient
  return lastWindow(last) === 0 ? retransmitting : normal
}
