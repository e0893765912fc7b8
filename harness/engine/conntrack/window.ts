import { Tcp } from '../../model/codes.ts'
import { STATE_MASK } from '../record.ts'
import type { Segment } from '../segment.ts'
import { before } from '../sequence.ts'
import type { CtOptions } from './options.ts'
import {
  END,
  hasSeen,
  LAST,
  LAST_ACK,
  LAST_END,
  LAST_SEQ,
  lastDirection,
  lastWindow,
  liberalBit,
  MAX_ACK,
  MAX_END,
  MAX_WINDOW,
  ORIGINAL,
  otherOf,
  REPLY,
  Seen,
  scaleOf,
  withLastDirection,
  withLastWindow,
  withoutRepetition,
  withoutSeen,
  withRepetition,
  withScale,
  withSeen,
} from './record.ts'
import { Class, CtState } from './states.ts'

/*
 * Window tracking after van Rooij ("Real Stateful TCP Packet Filtering in IP Filter"), as in Linux: a segment need only
 * touch the window, and the highest right edge of its selective acknowledgements counts as its acknowledgement
 * (nf_conntrack_proto_tcp.c, tcp_in_window).
 */

/** Result of the window check of a segment: accepted, let through without effect, or invalid. */
export const Window = { accept: 0, ignore: 1, invalid: 2 } as const

/** An acknowledgement may be this much too old, or as much as the sender's largest window (van Rooij, MAXACKWINDOW). */
const MAX_ACK_AGE = 66_000

/** Checks a segment against the windows of the entry at `base` and, if it is inside, updates them. Returns a `Window`. */
export function meetWindows(
  words: Int32Array,
  base: number,
  segment: Segment,
  segmentClass: number,
  options: CtOptions,
  liberal: boolean,
): number {
  const from = segment.toServer ? ORIGINAL : REPLY
  const to = otherOf(from)
  const own = base + from
  const peer = base + to
  const state = (words[base] ?? 0) & STATE_MASK
  const { ack: ackField, window } = segment
  const syn = segment.has(Tcp.syn)
  let { seq, ack } = segment
  let end = endOf(segment)
  let sack = hasSeen(words[base] ?? 0, to, Seen.sackPermitted) ? options.highestEdge(ack) : ack

  if (words[own + MAX_WINDOW] === 0) {
    if (syn) {
      beginSender(words, base, from, segment, options)
      if (!segment.has(Tcp.ack)) return Window.accept
    } else beginMidway(words, base, from, end, sack, window)
  } else if (
    syn &&
    before(words[own + END] ?? 0, end) &&
    (state === CtState.synSent || state === CtState.synReceived)
  ) {
    beginSender(words, base, from, segment, options)
    if (from === REPLY && !segment.has(Tcp.ack)) return Window.accept
  }

  // No acknowledgement, or the zero of a broken stack in a RST: treated as correct.
  if (!segment.has(Tcp.ack) || (segment.has(Tcp.rst) && ackField === 0)) {
    ack = words[peer + END] ?? 0
    sack = ack
  }
  if (segment.has(Tcp.rst) && seq === 0 && state === CtState.synSent) {
    seq = words[own + END] ?? 0
    end = seq
  }

  const judged = judge(words, base, from, seq, end, sack)
  // If windows are not checked, a segment outside them is let through, but updates nothing.
  if (judged !== Window.accept)
    return liberal || ((words[base] ?? 0) & liberalBit(from)) !== 0 ? Window.accept : judged
  const scaled = syn ? window : window << scaleOf(words[base] ?? 0, from)
  noteSender(words, base, from, segment, end, ack, (scaled + (sack - ack)) | 0)
  noteReceiver(words, base, from, end, ack, sack, scaled)
  if (segmentClass === Class.ack) noteRepetition(words, base, from, seq, ack, end, window)
  return Window.accept
}

/** The sequence number just after the segment. */
export function endOf(segment: Segment): number {
  return (segment.seq + segment.length + (segment.has(Tcp.syn) ? 1 : 0) + (segment.has(Tcp.fin) ? 1 : 0)) | 0
}

/** Records the options of a SYN, which apply to that direction from now on. */
export function noteOptions(head: number, direction: number, options: CtOptions): number {
  if (!options.any) return head
  const scale = options.windowScale()
  const bits = (scale >= 0 ? Seen.windowScale : 0) | (options.sackPermitted() ? Seen.sackPermitted : 0)
  return withScale(withSeen(withoutSeen(head, direction), direction, bits), direction, Math.max(scale, 0))
}

/** Initialises a direction from its SYN. Scaling applies only if both SYNs offered it (RFC 7323 2.2). */
function beginSender(
  words: Int32Array,
  base: number,
  from: number,
  segment: Segment,
  options: CtOptions,
): void {
  const own = base + from
  const end = endOf(segment)
  words[own + END] = end
  words[own + MAX_END] = end
  words[own + MAX_WINDOW] = Math.max(segment.window, 1)
  let head = noteOptions(words[base] ?? 0, from, options)
  const both = hasSeen(head, ORIGINAL, Seen.windowScale) && hasSeen(head, REPLY, Seen.windowScale)
  if (from === REPLY && !both) head = withScale(withScale(head, ORIGINAL, 0), REPLY, 0)
  words[base] = head
}

/** Initialises a direction whose beginning was not seen. */
function beginMidway(
  words: Int32Array,
  base: number,
  from: number,
  end: number,
  sack: number,
  window: number,
): void {
  const own = base + from
  const peer = base + otherOf(from)
  const largest = Math.max(window << scaleOf(words[base] ?? 0, from), 1)
  words[own + END] = end
  words[own + MAX_WINDOW] = largest
  words[own + MAX_END] = (end + largest) | 0
  const peerEnd = words[peer + END] ?? 0
  if (words[peer + MAX_WINDOW] === 0) {
    words[peer + END] = sack
    words[peer + MAX_END] = sack
  } else if (sack === ((peerEnd + 1) | 0)) words[peer + END] = sack
}

function judge(
  words: Int32Array,
  base: number,
  from: number,
  seq: number,
  end: number,
  sack: number,
): number {
  const own = base + from
  const peer = base + otherOf(from)
  const ownEnd = words[own + END] ?? 0
  const peerEnd = words[peer + END] ?? 0
  const peerWindow = (words[peer + MAX_WINDOW] ?? 0) >>> 0
  const oldest = (peerEnd - Math.max((words[own + MAX_WINDOW] ?? 0) >>> 0, MAX_ACK_AGE)) | 0
  const touchesWindow = isAtLeast(end, ownEnd - peerWindow)
  const maxEnd = words[own + MAX_END] ?? 0

  if (!isAtMost(seq, maxEnd)) {
    const overshot = (end - maxEnd + 1) >>> 0
    const onlyTooMuch =
      peerWindow !== 0 &&
      touchesWindow &&
      isAtLeast(sack, oldest) &&
      overshot <= peerWindow &&
      isAtMost(sack, peerEnd)
    if (!onlyTooMuch) return Window.invalid
    // Its only fault is that it exceeds the window: its acknowledgement must be recognised when it comes.
    words[own + END] = end
    words[base] = withSeen(words[base] ?? 0, from, Seen.unacknowledged)
    return Window.ignore
  }
  if (!isAtMost(sack, peerEnd)) return Window.invalid
  if (peerWindow !== 0 && !touchesWindow) return Window.ignore
  return isAtLeast(sack, oldest) ? Window.accept : Window.ignore
}

/** Linux tests whether it is before the number after `b`: a number at exactly half the sequence space is neither at most nor at least. */
function isAtMost(a: number, b: number): boolean {
  return ((a - b - 1) | 0) < 0
}
function isAtLeast(a: number, b: number): boolean {
  return ((b - a - 1) | 0) < 0
}

function noteSender(
  words: Int32Array,
  base: number,
  from: number,
  segment: Segment,
  end: number,
  ack: number,
  window: number,
): void {
  const own = base + from
  if ((words[own + MAX_WINDOW] ?? 0) >>> 0 < window >>> 0) words[own + MAX_WINDOW] = window
  let head = words[base] ?? 0
  if (before(words[own + END] ?? 0, end)) {
    words[own + END] = end
    head = withSeen(head, from, Seen.unacknowledged)
  }
  if (segment.has(Tcp.ack)) {
    if (!hasSeen(head, from, Seen.maxAckSet)) {
      words[own + MAX_ACK] = ack
      head = withSeen(head, from, Seen.maxAckSet)
    } else if (before(words[own + MAX_ACK] ?? 0, ack)) words[own + MAX_ACK] = ack
  }
  words[base] = head
}

function noteReceiver(
  words: Int32Array,
  base: number,
  from: number,
  end: number,
  ack: number,
  sack: number,
  window: number,
): void {
  const own = base + from
  const peer = base + otherOf(from)
  const beyond = (end - (words[own + MAX_END] ?? 0)) | 0
  if (words[peer + MAX_WINDOW] !== 0 && beyond > 0)
    words[peer + MAX_WINDOW] = ((words[peer + MAX_WINDOW] ?? 0) + beyond) | 0
  const limit = (sack + window) | 0
  if (isAtLeast(limit, words[peer + MAX_END] ?? 0))
    words[peer + MAX_END] = window === 0 ? (limit + 1) | 0 : limit
  if (ack === words[peer + END])
    words[base] = withoutSeen(words[base] ?? 0, otherOf(from), Seen.unacknowledged)
}

function noteRepetition(
  words: Int32Array,
  base: number,
  from: number,
  seq: number,
  ack: number,
  end: number,
  window: number,
): void {
  const last = words[base + LAST] ?? 0
  if (
    lastDirection(last) === from &&
    words[base + LAST_SEQ] === seq &&
    words[base + LAST_ACK] === ack &&
    words[base + LAST_END] === end &&
    lastWindow(last) === window
  ) {
    words[base + LAST] = withRepetition(last)
    return
  }
  words[base + LAST_SEQ] = seq
  words[base + LAST_ACK] = ack
  words[base + LAST_END] = end
  words[base + LAST] = withoutRepetition(withLastWindow(withLastDirection(last, from), window))
}
