import { STATE_MASK } from '../record.ts'
import type { Segment } from '../segment.ts'
import { before } from '../sequence.ts'
import {
  hasSeen,
  LAST,
  LAST_ACK,
  LAST_END,
  lastClass,
  lastDirection,
  MAX_ACK,
  otherOf,
  REPLY,
  Seen,
  Status,
} from './record.ts'
import { Class, CtState, isClosing } from './states.ts'

/** How a RST is treated; bits. */
export const ResetCall = {
  /** No special treatment: it closes the connection if it is in the windows. */
  none: 0,
  /** It is believed whatever the windows say. */
  believed: 1,
  /** The connection continues: the receiver sends a challenge ACK before it believes the RST (RFC 5961 3.2). */
  kept: 2,
  invalid: 4,
} as const

/** How a RST of the direction `from` is treated; `ResetCall` bits (nf_conntrack_proto_tcp.c, newer kernels). */
export function weighReset(
  words: Int32Array,
  base: number,
  from: number,
  segment: Segment,
  ignoreInvalid: boolean,
): number {
  const head = words[base] ?? 0
  const state = head & STATE_MASK
  const last = words[base + LAST] ?? 0
  if (isClosing(state)) return ResetCall.believed
  let call: number = ResetCall.none
  // The peer's acknowledgement may be outdated once a SYN was let through.
  if (hasSeen(head, otherOf(from), Seen.maxAckSet) && lastClass(last) !== Class.syn) {
    const established = state === CtState.established && (head & Status.assured) !== 0
    if (segment.seq === 0 && !established) return ResetCall.none
    const acknowledged = words[base + otherOf(from) + MAX_ACK] ?? 0
    if (before(segment.seq, acknowledged) && !ignoreInvalid) return ResetCall.invalid
    if (!established || segment.seq === acknowledged) return ResetCall.none
    if (follows(words, base, from, segment)) return ResetCall.none
    call = ResetCall.kept
  }
  return answersIgnored(words, base, from, segment) ? call | ResetCall.believed : call
}

/** It directly follows the last ACK of its own side. */
function follows(words: Int32Array, base: number, from: number, segment: Segment): boolean {
  const last = words[base + LAST] ?? 0
  return (
    lastClass(last) === Class.ack && lastDirection(last) === from && segment.seq === words[base + LAST_END]
  )
}

/** It answers a SYN of the other side, an ACK on a half-open connection, or a challenge ACK, that was let through without effect. */
function answersIgnored(words: Int32Array, base: number, from: number, segment: Segment): boolean {
  const head = words[base] ?? 0
  const last = words[base + LAST] ?? 0
  const afterSyn =
    lastClass(last) === Class.syn && lastDirection(last) !== from && (head & Status.seenReply) !== 0
  const afterAck = lastClass(last) === Class.ack && (head & Status.assured) === 0
  if ((afterSyn || afterAck) && segment.ack === words[base + LAST_END]) return true
  return (
    (head & STATE_MASK) === CtState.synSent &&
    lastClass(last) === Class.ack &&
    lastDirection(last) === REPLY &&
    segment.seq === words[base + LAST_ACK]
  )
}
