import type { Segment } from '../segment.ts'
import type { CtOptions } from './options.ts'
import {
  END,
  hasSeen,
  LAST,
  LAST_ACK,
  LAST_END,
  LAST_FLAGS,
  LAST_SEQ,
  lastClass,
  lastDirection,
  lastScale,
  lastWindow,
  liberalBit,
  MAX_ACK,
  MAX_END,
  MAX_WINDOW,
  ORIGINAL,
  otherOf,
  REPLY,
  Seen,
  Status,
  scaleOf,
  withLast,
  withLastScale,
  withLastWindow,
  withoutSeen,
  withScale,
  withSeen,
} from './record.ts'
import { Class, CtState } from './states.ts'
import { endOf, noteOptions } from './window.ts'

/*
 * The entry may be out of date about a connection that was reopened. So a SYN that does not fit, and what may answer it, are let
 * through and remembered; the answer then shows whether the entry was right.
 */

/** Whether a SYN-ACK acknowledges a SYN of the other side that was let through: then the endpoints agree, and the entry is out of date. */
export function answersIgnoredSyn(
  words: Int32Array,
  base: number,
  from: number,
  segment: Segment,
  segmentClass: number,
): boolean {
  const last = words[base + LAST] ?? 0
  return (
    segmentClass === Class.synAck &&
    lastClass(last) === Class.syn &&
    lastDirection(last) !== from &&
    segment.ack === words[base + LAST_END]
  )
}

/** Restarts the entry from the SYN that was let through; nothing is known yet of the side that answers it. */
export function resynchronise(words: Int32Array, base: number, from: number): void {
  const opener = otherOf(from)
  const end = words[base + LAST_END] ?? 0
  const last = words[base + LAST] ?? 0
  words[base + opener + END] = end
  words[base + opener + MAX_END] = end
  words[base + opener + MAX_WINDOW] = Math.max(lastWindow(last), 1)
  for (const offset of [END, MAX_END, MAX_WINDOW, MAX_ACK]) words[base + from + offset] = 0
  const head = (words[base] ?? 0) & ~(Status.challengeExpected | liberalBit(opener))
  const bits =
    ((head & Status.lastWindowScale) !== 0 ? Seen.windowScale : 0) |
    ((head & Status.lastSackPermitted) !== 0 ? Seen.sackPermitted : 0)
  const scaled = withScale(withScale(head, opener, lastScale(last)), from, 0)
  words[base] = withSeen(withoutSeen(withoutSeen(scaled, from), opener), opener, bits)
}

/** Remembers a segment that is let through without effect. */
export function rememberIgnored(
  words: Int32Array,
  base: number,
  from: number,
  state: number,
  segment: Segment,
  segmentClass: number,
  options: CtOptions,
): void {
  words[base + LAST_SEQ] = segment.seq
  words[base + LAST_END] = endOf(segment)
  words[base + LAST] = withLastWindow(withLast(words[base + LAST] ?? 0, segmentClass, from), segment.window)
  if (segmentClass === Class.syn && from === ORIGINAL) rememberSyn(words, base, state, options)
  if (state === CtState.synSent && segmentClass === Class.ack && from === REPLY)
    words[base + LAST_ACK] = segment.ack
}

function rememberSyn(words: Int32Array, base: number, state: number, options: CtOptions): void {
  const offered = noteOptions(0, ORIGINAL, options)
  const scaling = hasSeen(offered, ORIGINAL, Seen.windowScale)
  words[base] =
    ((words[base] ?? 0) & ~LAST_FLAGS) |
    (scaling ? Status.lastWindowScale : 0) |
    (hasSeen(offered, ORIGINAL, Seen.sackPermitted) ? Status.lastSackPermitted : 0) |
    (state === CtState.lastAck ? Status.challengeExpected : 0)
  words[base + LAST] = withLastScale(words[base + LAST] ?? 0, scaleOf(offered, ORIGINAL))
}
