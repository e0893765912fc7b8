/**
 * Another layout of a flow's 16 words (see ../record.ts): what Linux keeps of a TCP connection. The head word, four words for
 * each direction, four of the last segment, the extra word as everywhere, and in place of the time of the last packet the last
 * nanosecond at which the entry lives, since its time-out depends on more than its state.
 */

/** Word offsets of the directions: that of the side that created the entry, and the other. */
export const ORIGINAL = 1
export const REPLY = 5

/** Word offsets within a direction, which describes what that side sent. The highest sequence number that it has sent, plus one. */
export const END = 0
/** The highest sequence number up to which its peer has let it send. */
export const MAX_END = 1
/** The largest window that it has offered, scaled; 0: no packet of it was seen. */
export const MAX_WINDOW = 2
/** The highest number that it has acknowledged. */
export const MAX_ACK = 3

/** The last ACK that was in order, or the last segment that was let through without effect. */
export const LAST_SEQ = 9
export const LAST_ACK = 10
export const LAST_END = 11
/** Window (16 bits), repetitions (8), `Class` (3), direction (1: reply), window scale (4). */
export const LAST = 12

/** Index, among the eight doubles of a record, of the time from which a UDP flow is a stream. */
export const STREAM_FROM = 1

/**
 * Word offsets in an SCTP entry: the verification tags that packets of the original direction and of the reply carry, 0 if unknown, and
 * bits of the tracker itself (sctp.ts).
 */
export const SCTP_TAG = 1
export const SCTP_BITS = 3

/** Bits of a direction, in the head word from `directionShift` on. */
export const Seen = {
  windowScale: 1,
  sackPermitted: 2,
  /** It was the first to close. */
  closeInit: 4,
  unacknowledged: 8,
  maxAckSet: 16,
} as const
const SEEN_MASK = 31
const ORIGINAL_SHIFT = 6
const REPLY_SHIFT = 11
const ORIGINAL_SCALE = 16
const REPLY_SCALE = 20

/** Bits of the head word that belong to neither direction. */
export const Status = {
  /** A packet of the reply direction was let through. */
  seenReply: 1 << 24,
  /** The handshake was completed, or the peer of a picked-up connection has answered; or it is a UDP stream. */
  assured: 1 << 25,
  /** Options of the last SYN that was let through without effect. */
  lastWindowScale: 1 << 26,
  lastSackPermitted: 1 << 27,
  /** Windows of that direction are not checked: it was picked up or imported. The bits are those of ../record.ts. */
  liberalOriginal: 1 << 28,
  liberalReply: 1 << 29,
  /** A SYN was let through while the last ACK was awaited: an ACK may be the challenge ACK to it (RFC 5961 4.2). */
  challengeExpected: 1 << 30,
  simultaneousOpen: 1 << 31,
} as const
export const LAST_FLAGS =
  Status.lastWindowScale | Status.lastSackPermitted | Status.challengeExpected | Status.simultaneousOpen

function shiftOf(direction: number): number {
  return direction === ORIGINAL ? ORIGINAL_SHIFT : REPLY_SHIFT
}

/** The opposite direction. */
export function otherOf(direction: number): number {
  return ORIGINAL + REPLY - direction
}

/** Whether a direction (`ORIGINAL`, `REPLY`) has any of these `Seen` bits. */
export function hasSeen(head: number, direction: number, bits: number): boolean {
  return ((head >> shiftOf(direction)) & bits) !== 0
}

/** The head with these `Seen` bits of a direction set. */
export function withSeen(head: number, direction: number, bits: number): number {
  return head | (bits << shiftOf(direction))
}

/** The head with these `Seen` bits of a direction cleared. */
export function withoutSeen(head: number, direction: number, bits = SEEN_MASK): number {
  return head & ~(bits << shiftOf(direction))
}

/** The scale, as a shift count, of the windows that a direction offers. */
export function scaleOf(head: number, direction: number): number {
  return (head >> (direction === ORIGINAL ? ORIGINAL_SCALE : REPLY_SCALE)) & 15
}

/** The head with another scale for a direction. */
export function withScale(head: number, direction: number, scale: number): number {
  const shift = direction === ORIGINAL ? ORIGINAL_SCALE : REPLY_SCALE
  return (head & ~(15 << shift)) | (scale << shift)
}

/** The bit which says that the windows of a direction are not checked. */
export function liberalBit(direction: number): number {
  return direction === ORIGINAL ? Status.liberalOriginal : Status.liberalReply
}

const RETRANSMISSIONS_SHIFT = 16
const CLASS_SHIFT = 24
const DIRECTION_SHIFT = 27
const SCALE_SHIFT = 28
const RETRANSMISSIONS = 255 << RETRANSMISSIONS_SHIFT
const CLASS_AND_DIRECTION = 15 << CLASS_SHIFT

/** The fields of the `LAST` word. */
export function lastWindow(last: number): number {
  return last & 0xffff
}
export function retransmissions(last: number): number {
  return (last >> RETRANSMISSIONS_SHIFT) & 255
}
export function lastClass(last: number): number {
  return (last >> CLASS_SHIFT) & 7
}
export function lastDirection(last: number): number {
  return (last >> DIRECTION_SHIFT) & 1 ? REPLY : ORIGINAL
}
export function lastScale(last: number): number {
  return last >>> SCALE_SHIFT
}

/** The `LAST` word with another class and direction. */
export function withLast(last: number, segmentClass: number, direction: number): number {
  return (
    (last & ~CLASS_AND_DIRECTION) |
    (segmentClass << CLASS_SHIFT) |
    (direction === REPLY ? 1 << DIRECTION_SHIFT : 0)
  )
}

/** The `LAST` word with another direction. */
export function withLastDirection(last: number, direction: number): number {
  return withLast(last, lastClass(last), direction)
}

/** The `LAST` word with another window. */
export function withLastWindow(last: number, window: number): number {
  return (last & ~0xffff) | window
}

/** The `LAST` word with another scale. */
export function withLastScale(last: number, scale: number): number {
  return (last & ~(15 << SCALE_SHIFT)) | (scale << SCALE_SHIFT)
}

/** The `LAST` word with one more repetition; the count has eight bits, as in the kernel. */
export function withRepetition(last: number): number {
  return (last & ~RETRANSMISSIONS) | ((last + (1 << RETRANSMISSIONS_SHIFT)) & RETRANSMISSIONS)
}

/** The `LAST` word with no repetitions. */
export function withoutRepetition(last: number): number {
  return last & ~RETRANSMISSIONS
}
