import { NANOS_PER_SECOND, type Nanos } from '../../model/batch.ts'
import { Direction } from '../../model/codes.ts'
import { isToServer } from '../entry.ts'
import { Family } from '../expiry.ts'
import { Flag, STATE_MASK, withState } from '../record.ts'
import type { Segment } from '../segment.ts'
import type { SessionTable } from '../table.ts'
import { answersIgnoredSyn, rememberIgnored, resynchronise } from './ignored.ts'
import { Clock, isAlive, liveFor, remaining, timeoutAfter } from './lifetime.ts'
import type { CtOptions } from './options.ts'
import {
  END,
  hasSeen,
  LAST,
  lastClass,
  lastDirection,
  MAX_END,
  MAX_WINDOW,
  ORIGINAL,
  REPLY,
  Seen,
  Status,
  withLast,
  withSeen,
} from './record.ts'
import { ResetCall, weighReset } from './reset.ts'
import type { CtSettings } from './settings.ts'
import { areValidFlags, Class, CtState, classOf, Move, nextState } from './states.ts'
import { endOf, meetWindows, noteOptions, Window } from './window.ts'

/** The tracker's classification of a packet: `ct state` in the words of nftables. */
export const Ct = {
  invalid: 0,
  /** New, without an entry before: the one created for it stays only if the packet is let through. */
  fresh: 1,
  /** New, with an entry that the other side has not answered. */
  unanswered: 2,
  established: 3,
  /** New, and the table has no room for it. */
  full: 4,
} as const

/** Entries with less than this remaining are not shortened by a close outside the windows. */
const SHORT_LIFE = 120 * NANOS_PER_SECOND

/** Tracks TCP connections as Linux does (nf_conntrack_proto_tcp.c, 6.18). */
export class CtTracker {
  readonly #settings: CtSettings

  constructor(settings: CtSettings) {
    this.#settings = settings
  }

  /** Returns a `Ct`, and updates the flow's entry at `base` for the segment; `options` are those of the segment. */
  track(
    table: SessionTable,
    base: number,
    direction: number,
    now: Nanos,
    segment: Segment,
    options: CtOptions,
  ): number {
    if (!areValidFlags(segment.flags)) return Ct.invalid
    if (!isAlive(table, base, now)) return this.#open(table, base, direction, now, segment, options)
    const { words } = table
    const head = words[base] ?? 0
    segment.toServer = isToServer(head, direction)
    const from = segment.toServer ? ORIGINAL : REPLY
    const segmentClass = classOf(segment.flags)
    if (reopens(head, words[base + LAST] ?? 0, from, segmentClass))
      return this.#open(table, base, direction, now, segment, options)
    if (!this.#step(table, base, now, from, segment, segmentClass, options)) return Ct.invalid
    if (from === ORIGINAL) return (head & Status.seenReply) === 0 ? Ct.unanswered : Ct.established
    if (((words[base] ?? 0) & STATE_MASK) !== CtState.none)
      words[base] = (words[base] ?? 0) | Status.seenReply
    return Ct.established
  }

  /** A flow without entry: its sender becomes the original direction. */
  #open(
    table: SessionTable,
    base: number,
    direction: number,
    now: Nanos,
    segment: Segment,
    options: CtOptions,
  ): number {
    const { words } = table
    const segmentClass = classOf(segment.flags)
    const state = nextState(true, segmentClass, CtState.none)
    segment.toServer = true
    table.release(base)
    if (state === Move.invalid || (state === CtState.established && !this.#settings.pickUp)) return Ct.invalid
    if (!table.admits(base, now)) return Ct.full
    table.open(base, direction === Direction.s2c ? Flag.flipped : 0, Family.tcp, now)
    words[base + LAST] = withLast(0, Class.none, ORIGINAL)
    const end = endOf(segment)
    const window = Math.max(segment.window, 1)
    words[base + ORIGINAL + END] = end
    words[base + ORIGINAL + MAX_WINDOW] = window
    words[base + ORIGINAL + MAX_END] = segmentClass === Class.syn ? end : (end + window) | 0
    const head = words[base] ?? 0
    words[base] = segmentClass === Class.syn ? noteOptions(head, ORIGINAL, options) : head | PICKED_UP
    return this.#step(table, base, now, ORIGINAL, segment, segmentClass, options) ? Ct.fresh : Ct.invalid
  }

  /** Tracks a segment; returns false if it is invalid. */
  #step(
    table: SessionTable,
    base: number,
    now: Nanos,
    from: number,
    segment: Segment,
    segmentClass: number,
    options: CtOptions,
  ): boolean {
    const { words } = table
    const { liberal, ignoreInvalidReset } = this.#settings
    let state = (words[base] ?? 0) & STATE_MASK
    let next = nextState(from === ORIGINAL, segmentClass, state)
    let believed = false
    if (next === Move.invalid) return false
    if (next === Move.ignore || (next === CtState.synSent && state >= CtState.timeWait)) {
      if (!answersIgnoredSyn(words, base, from, segment, segmentClass)) {
        rememberIgnored(words, base, from, state, segment, segmentClass, options)
        return true
      }
      resynchronise(words, base, from)
      state = CtState.synSent
      next = CtState.synReceived
    } else if (next === CtState.timeWait && takesForChallenge(words, base, from, state, segmentClass)) {
      words[base] = (words[base] ?? 0) & ~Status.challengeExpected
      return true
    } else if (next === CtState.synSent2) {
      words[base] = (words[base] ?? 0) | Status.simultaneousOpen
    } else if (next === CtState.synReceived) {
      if (endsSimultaneousOpen(words[base] ?? 0, from, segmentClass)) next = CtState.established
    } else if (segmentClass === Class.rst) {
      const call = weighReset(words, base, from, segment, ignoreInvalidReset)
      if ((call & ResetCall.invalid) !== 0) return false
      if ((call & ResetCall.kept) !== 0) next = state
      believed = (call & ResetCall.believed) !== 0
    }
    if (!believed) {
      const met = meetWindows(words, base, segment, segmentClass, options, liberal)
      if (met === Window.invalid) this.#noteInvalidClose(table, base, now, from, segmentClass)
      if (met !== Window.accept) return met === Window.ignore
    }
    this.#enter(table, base, now, from, state, next, segmentClass)
    return true
  }

  /** The segment is in order: sets the new state and the entry's new lifetime. */
  #enter(
    table: SessionTable,
    base: number,
    now: Nanos,
    from: number,
    before: number,
    next: number,
    segmentClass: number,
  ): void {
    const { words } = table
    const { timeouts, mostRetransmissions } = this.#settings
    words[base + LAST] = withLast(words[base + LAST] ?? 0, segmentClass, from)
    let head = withState(words[base] ?? 0, next)
    if (before !== next && next === CtState.finWait) head = withSeen(head, from, Seen.closeInit)
    words[base] = head
    let timeout = timeoutAfter(words, base, next, segmentClass, timeouts, mostRetransmissions)
    if ((head & Status.seenReply) === 0) {
      if (segmentClass === Class.rst) {
        table.release(base)
        return
      }
      // A retransmitted SYN does not refresh the entry.
      if (segmentClass === Class.syn && before === CtState.synSent) return
      if (next === CtState.established) timeout = Math.min(timeout, timeouts[Clock.unacknowledged] ?? 0)
    } else if (
      next === CtState.established &&
      (before === CtState.synReceived || before === CtState.established)
    )
      words[base] = head | Status.assured
    liveFor(table, base, now, timeout)
  }

  /** A close outside the windows may still be genuine: when both sides close, the entry must not stay for days. */
  #noteInvalidClose(table: SessionTable, base: number, now: Nanos, from: number, segmentClass: number): void {
    const { words } = table
    if (((words[base] ?? 0) & Status.assured) === 0) return
    if (segmentClass !== Class.rst && segmentClass !== Class.fin) return
    const last = words[base + LAST] ?? 0
    const before = lastClass(last)
    if (lastDirection(last) === from || (before !== Class.fin && before !== Class.rst)) {
      words[base + LAST] = withLast(last, segmentClass, from)
      return
    }
    const left = remaining(table, base, now)
    const short = this.#settings.timeouts[Clock.unacknowledged] ?? 0
    if (left >= SHORT_LIFE && left > short) liveFor(table, base, now, short)
  }
}

/** Initial state of a picked-up connection: selective acknowledgements are believed, windows are not checked. */
const PICKED_UP =
  withSeen(withSeen(0, ORIGINAL, Seen.sackPermitted), REPLY, Seen.sackPermitted) |
  Status.liberalOriginal |
  Status.liberalReply

/** Whether a SYN reopens a closed connection: one that a side has closed, or that the SYN's own side has reset. */
function reopens(head: number, last: number, from: number, segmentClass: number): boolean {
  const state = head & STATE_MASK
  if (state !== CtState.timeWait && state !== CtState.close) return false
  if (nextState(from === ORIGINAL, segmentClass, state) !== CtState.synSent) return false
  return (
    hasSeen(head, ORIGINAL, Seen.closeInit) ||
    hasSeen(head, REPLY, Seen.closeInit) ||
    (lastDirection(last) === from && lastClass(last) === Class.rst)
  )
}

/** Whether what looks like the last ACK is the challenge ACK to a SYN (RFC 5961 4.2). */
function takesForChallenge(
  words: Int32Array,
  base: number,
  from: number,
  state: number,
  segmentClass: number,
): boolean {
  const last = words[base + LAST] ?? 0
  return (
    state === CtState.lastAck &&
    segmentClass === Class.ack &&
    lastDirection(last) !== from &&
    lastClass(last) === Class.syn &&
    ((words[base] ?? 0) & Status.challengeExpected) !== 0
  )
}

/** Both sides sent a SYN: the ACK of the reply direction completes the handshake too. */
function endsSimultaneousOpen(head: number, from: number, segmentClass: number): boolean {
  return from === REPLY && segmentClass === Class.ack && (head & Status.simultaneousOpen) !== 0
}
