/**
 * A flow at one host is one record of 16 words of 32 bits, one cache line: a head word, six words for each of the two
 * streams (what the client sends, what the server sends), an extra word, and the time of the last packet.
 * "Client" is the side that sent the first packet that this host saw, which need not be the capture's client.
 */
export const RECORD_WORDS = 16
/** Index of the time of the last packet, among the eight doubles of a record. */
export const LAST_SEEN = 7

/** Word offsets of the streams, and of what is known of the flow besides. */
export const CLIENT = 1
export const SERVER = 7
export const STREAM_WORDS = SERVER - CLIENT
/** Low byte: row of the time-out table. */
export const EXTRA = 13
export const FAMILY_MASK = 127
/** The same and whether the flow keeps the time-outs of before: where they stand in their table. */
export const ROW_MASK = 255
/** Bits of the extra word: a rule passes everything of this flow; rules about flows were asked for that direction. */
export const PASSED = 1 << 8
export const ASKED_TO_SERVER = 1 << 9
export const ASKED_TO_CLIENT = 1 << 10
/** Bits 12 … 14 of the extra word: the flow's `AppProtocol`. */
export const APP_SHIFT = 12
export const APP_MASK = 7 << APP_SHIFT
/** Nothing about the flow's application layer will change any more; contents are hidden from rules; there is state about it. */
export const APP_OVER = 1 << 15
export const APP_HIDDEN = 1 << 16
export const APP_STATE = 1 << 17
/** The session came by sharing, so its streams are not seen from their start. */
export const APP_IMPORTED = 1 << 18
/** The flow had a session, which was idle for too long. */
export const EXPIRED = 1 << 11

/** What goes in that `Direction` is kept for rules about contents: some look into it, or they were asked before there was a session. */
export const KEPT_C2S = 1 << 19
export const KEPT_S2C = 1 << 20

/** Flowbits of the flow are in their columns; else none is set. The client's first request is not complete yet. */
export const HAS_FLOWBITS = 1 << 24
export const WAITING = 1 << 25
/** Came by sharing without windows: what the first packet of each side says is all that is known. */
export const WINDOWLESS = 1 << 26

/** Word offsets within a stream. The stream of a side holds what that side sends. */
export const ISN = 0
/** The sequence number expected next of it. */
export const NEXT = 1
/** The highest acknowledgement that its peer sent about it. */
export const ACKED = 2
/** How much its peer lets it send, scaled. */
export const WINDOW = 3
/** The highest sequence number that its peer has let it send up to. */
export const LIMIT = 4
/** Its last timestamp value. */
export const STAMP = 5

/** Low four bits of the head word. The order of the TCP states is Suricata's: what stands from `lastAck` on may be reused by a SYN. */
export const State = {
  /** No entry. */
  absent: 0,
  /** An entry without session; UDP, ICMP and others: one direction seen. */
  bare: 1,
  synSent: 2,
  synReceived: 3,
  /** UDP, ICMP: both directions seen. */
  established: 4,
  /** The server closed first. */
  finWait1: 5,
  finWait2: 6,
  timeWait: 7,
  lastAck: 8,
  /** The client closed first. */
  closeWait: 9,
  closing: 10,
  closed: 11,
  /** A RST came that its receiver may not believe; tracker `windows` only. */
  resetPending: 12,
} as const
export const STATE_MASK = 15

/** Bits of the head word above the state. */
export const Flag = {
  /** The exception policy or a rule drops everything of this flow. */
  marked: 1 << 4,
  /** The flow's client at this host is the one that the batch calls server. */
  flipped: 1 << 5,
  /** TCP: more is known of the session than its record holds (oddity.ts). */
  special: 1 << 6,
  /** Both sides have been seen; UDP, ICMP. */
  seenClient: 1 << 6,
  seenServer: 1 << 7,
  /** Both SYNs carried timestamps, so timestamps are checked. */
  timestamps: 1 << 8,
  clientTimestamps: 1 << 9,
  serverTimestamps: 1 << 10,
  /** The SYN offered window scaling. */
  scaling: 1 << 11,
  /** Both sides sent a SYN. */
  splitHandshake: 1 << 12,
  /** The server has acknowledged something since the handshake. */
  confirmed: 1 << 13,
  /** The session was picked up midstream: windows are unknown. */
  pickedUp: 1 << 14,
  /** Picked up on a packet of the client; the server has not been heard yet. */
  awaitsServer: 1 << 15,
  clientKeepalive: 1 << 16,
  serverKeepalive: 1 << 17,
  clientZeroProbe: 1 << 18,
  serverZeroProbe: 1 << 19,
  /** Came by sharing, and that side has not been heard yet. */
  importedClient: 1 << 28,
  importedServer: 1 << 29,
  /** The application is not known and of no interest any more. */
  gaveUp: 1 << 30,
  /** Picked up on a SYN-ACK. */
  pickedUpBySynAck: 1 << 31,
} as const

const CLIENT_SCALE = 20
const SERVER_SCALE = 24
const SCALE_BITS = SERVER_SCALE - CLIENT_SCALE

/** By how many bits the window that lets this stream go on is shifted. */
export function scaleOf(head: number, stream: number): number {
  return (head >> (CLIENT_SCALE + Number(stream !== CLIENT) * SCALE_BITS)) & 15
}

/** The head with another scale for that stream. */
export function withScale(head: number, stream: number, scale: number): number {
  const shift = stream === CLIENT ? CLIENT_SCALE : SERVER_SCALE
  return (head & ~(15 << shift)) | (scale << shift)
}

/** The head with another state. */
export function withState(head: number, state: number): number {
  return (head & ~STATE_MASK) | state
}
