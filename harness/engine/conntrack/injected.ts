import { Family } from '../expiry.ts'
import { EXTRA, FAMILY_MASK, Flag, STATE_MASK, withState } from '../record.ts'
import {
  hasSeen,
  ORIGINAL,
  REPLY,
  SCTP_BITS,
  SCTP_TAG,
  Seen,
  STREAM_FROM,
  Status,
  scaleOf,
  withScale,
  withSeen,
} from './record.ts'
import { CtState } from './states.ts'

/*
 * Entries that a daemon puts into the table through ctnetlink (Linux nf_conntrack_netlink.c; conntrack-tools netlink.c,
 * nl_create_conntrack and nl_update_conntrack).
 */

/** What an event reports of an entry besides its state. */
const TOLD = Status.seenReply | Status.assured
const CT_KEPT = STATE_MASK | Flag.flipped | TOLD
const DIRECTIONS = [ORIGINAL, REPLY] as const

/** Removes what is not replicated from the record of a TCP entry; `liberal`: its windows are not to be checked. */
export function stripEntry(words: Int32Array, windows: 'scales' | 'none', liberal: boolean): void {
  const head = words[0] ?? 0
  let kept = head & CT_KEPT
  const closed = (head & STATE_MASK) >= CtState.timeWait ? Seen.closeInit : 0
  for (const direction of DIRECTIONS) {
    kept = withSeen(kept, direction, Seen.sackPermitted | closed)
    if (windows === 'none' || !hasSeen(head, direction, Seen.windowScale)) continue
    kept = withSeen(withScale(kept, direction, scaleOf(head, direction)), direction, Seen.windowScale)
  }
  words.fill(0, ORIGINAL, EXTRA)
  words[0] = liberal ? kept | Status.liberalOriginal | Status.liberalReply : kept
}

/**
 * Removes what is not replicated from the record of an entry other than TCP: for SCTP everything but its state and tags; for UDP the time
 * from which the flow is a stream, so that a replicated flow becomes one with the first packet after it was answered.
 */
export function stripDatagrams(words: Int32Array): void {
  if (isSctp(words, 0)) {
    words[SCTP_BITS] = 0
    return
  }
  words[STREAM_FROM * 2] = 0
  words[STREAM_FROM * 2 + 1] = BEFORE_ALL_TIME
}
const BEFORE_ALL_TIME = 0xbff00000 | 0

/**
 * Updates the entry at `base` to a replicated record: its state, its status, and whether its windows are checked. Its sequence numbers
 * stay as they are, however old. Returns false if it cannot be updated, since the kernel never takes back that an entry was answered or
 * assured; it is then created anew.
 */
export function updateEntry(words: Int32Array, base: number, told: Int32Array): boolean {
  const head = words[base] ?? 0
  const toldHead = told[0] ?? 0
  if (((head ^ toldHead) & Flag.flipped) !== 0 || (head & ~toldHead & TOLD) !== 0) return false
  const state = toldHead & STATE_MASK
  if (isSctp(words, base)) {
    words.set(told.subarray(SCTP_TAG, SCTP_BITS), base + SCTP_TAG)
    words[base] = withState(head | (toldHead & TOLD), state)
    return true
  }
  const tcp = ((words[base + EXTRA] ?? 0) & FAMILY_MASK) === Family.tcp
  if (!tcp) {
    if (state < (head & STATE_MASK)) return false
    words[base] = withState(head | (toldHead & TOLD), state)
    return true
  }
  let updated = head | (toldHead & ~SCALES)
  for (const direction of DIRECTIONS)
    if (hasSeen(toldHead, direction, Seen.windowScale))
      updated = withScale(updated, direction, scaleOf(toldHead, direction))
  words[base] = withState(updated, state)
  return true
}

function isSctp(words: Int32Array, base: number): boolean {
  return ((words[base + EXTRA] ?? 0) & FAMILY_MASK) === Family.sctp
}

const SCALES = withScale(withScale(0, ORIGINAL, 15), REPLY, 15)
