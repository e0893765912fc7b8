/**
 * The record of a flow at one host is 16 words of 32 bits, one cache line: a head word, six words for each of the two
 * streams (what the client sends, what the server sends), an extra word, and the time of the last packet.
 * The "client" is the side that sent the first packet seen by this host, which need not be the capture's client.
 */
export const RECORD_WORDS = 16
/** Index of the time of the last packet, among the eight doubles of a record. */
export const LAST_SEEN = 7

/** Word offsets of the client's and the server's stream. */
export const CLIENT = 1
export const SERVER = 7
export const STREAM_WORDS = SERVER - CLIENT
/** The extra word. Its low byte: row of the time-out table. */
export const EXTRA = 13
export const FAMILY_MASK = 127
/** The row, together with whether the flow keeps earlier time-outs: its index in their table. */
export const ROW_MASK = 255
/** Bits of the extra word: a rule passes everything of this flow; rules about flows were already looked up for that direction. */
export const PASSED = 1 << 8
export const ASKED_TO_SERVER = 1 << 9
export const ASKED_TO_CLIENT = 1 << 10
/** Bits 12 … 14 of the extra word: the flow's `AppProtocol`. */
export const APP_SHIFT = 12
export const APP_MASK = 7 << APP_SHIFT
/** Nothing about the flow's application layer will change any more; its contents are hidden from rules; it has state elsewhere. */
export const APP_OVER = 1 << 15
export const APP_HIDDEN = 1 << 16
export const APP_STATE = 1 << 17
/** The session was imported, so its streams are not seen from their start. */
export const APP_IMPORTED = 1 << 18
/** The flow had a session, which expired. */
export const EXPIRED = 1 << 11

/** Data in that `Direction` is kept for content rules: some inspect it, or the rules were looked up before there was a session. */
export const KEPT_C2S = 1 << 19
export const KEPT_S2C = 1 << 20

/** Flowbits of the flow are in their columns; if clear, none is set. The client's first request is not complete yet. */
export const HAS_FLOWBITS = 1 << 24
export const WAITING = 1 << 25
/** Imported without windows: only the first packet of each side tells where that side is. */
export const WINDOWLESS = 1 << 26

/** Word offsets within a stream. The stream of a side holds the state of what that side sends. */
export const ISN = 0
/** Its next expected sequence number. */
export const NEXT = 1
/** The highest acknowledgement of it by the peer. */
export const ACKED = 2
/** How much the peer lets it send, scaled. */
export const WINDOW = 3
/** The highest sequence number up to which the peer has let it send. */
export const LIMIT = 4
/** Its last timestamp value. */
export const STAMP = 5

/** Low four bits of the head word. The TCP states are in Suricata's order: a SYN may reuse a session in `lastAck` or a later state. */
export const State = {
  /** No entry. */
  absent: 0,
  /** An entry without session; UDP, ICMP and others: packets of one direction seen. */
  bare: 1,
  synSent: 2,
  synReceived: 3,
  /** UDP, ICMP: packets of both directions seen. */
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
  /** A RST arrived that its receiver may not believe; tracker `windows` only. */
  resetPending: 12,
} as const
export const STATE_MASK = 15

/** Bits of the head word above the state. */
export const Flag = {
  /** The exception policy or a rule drops everything of this flow. */
  marked: 1 << 4,
  /** The flow's client at this host is the side that the batch calls server. */
  flipped: 1 << 5,
  /** TCP: the session has an oddity beside its record (oddity.ts). */
  special: 1 << 6,
  /** UDP, ICMP: which sides have been seen. */
  seenClient: 1 << 6,
  seenServer: 1 << 7,
  /** TCP: the last packet was the server's. */
  serverLast: 1 << 7,
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
  /** Picked up on a packet of the client; nothing has been seen of the server yet. */
  awaitsServer: 1 << 15,
  clientKeepalive: 1 << 16,
  serverKeepalive: 1 << 17,
  clientZeroProbe: 1 << 18,
  serverZeroProbe: 1 << 19,
  /** Imported, and nothing has been seen of that side yet. */
  importedClient: 1 << 28,
  importedServer: 1 << 29,
  /** Application detection gave up, and nothing is kept any more. */
  gaveUp: 1 << 30,
  /** Picked up on a SYN-ACK. */
  pickedUpBySynAck: 1 << 31,
} as const

const CLIENT_SCALE = 20
const SERVER_SCALE = 24
const SCALE_BITS = SERVER_SCALE - CLIENT_SCALE

/** The scale, as a shift count, of the window that the peer of this stream advertises. */
export function scaleOf(head: number, stream: number): number {
  return (head >> (CLIENT_SCALE + Number(stream !== CLIENT) * SCALE_BITS)) & 15
}

/** The head with another scale for this stream. */
export function withScale(head: number, stream: number, scale: number): number {
  const shift = stream === CLIENT ? CLIENT_SCALE : SERVER_SCALE
  return (head & ~(15 << shift)) | (scale << shift)
}

/** The head with another state. */
export function withState(head: number, state: number): number {
  return (head & ~STATE_MASK) | state
}
