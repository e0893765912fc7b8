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
 * Entries that a daemon puts into the table by ctnetlink (Linux nf_conntrack_netlink.c; conntrack-tools netlink.c,
 * nl_create_conntrack and nl_update_conntrack).
 */

/** What an event tells of an entry beside its state. */
const TOLD = Status.seenReply | Status.assured
const CT_KEPT = STATE_MASK | Flag.flipped | TOLD
const DIRECTIONS = [ORIGINAL, REPLY] as const

/** Takes out of the record of a TCP entry what is not told of it; `liberal`: its windows are not to be checked. */
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
 * Takes out of the record of an entry that is not of TCP what is not told of it: of SCTP all but its state and tags, and when a flow of UDP
 * becomes a stream: one that came does so with the first packet after it was answered.
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
 * Brings the entry at `base` to the record that was told of it: its state, what is known of it, and whether its windows are checked. What
 * it knows of numbers stays as it is, however old. False: it cannot be brought to it, since the kernel takes back neither that it
 * was answered nor that it is assured; then it is made anew.
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
