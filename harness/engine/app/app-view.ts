/** The application protocol of a flow, as detected from its first bytes. A rule about a protocol matches if the codes are equal. */
export const AppProtocol = {
  /** Not detected yet; also any flow without session, whose bytes are not reassembled. */
  unknown: 0,
  http: 1,
  tls: 2,
  ssh: 3,
  /** Over UDP and TCP. */
  dns: 4,
  /** None of these, which is final. */
  failed: 5,
} as const

/**
 * Whether the tracker took a packet into its session. Not taken are stream errors, packets of flows without session, and packets that
 * established sessions tolerate outside their windows. The packet that opens a session is part of its stream, which rules see from the
 * next packet on (Suricata 7, stream-tcp.c, PKT_STREAM_EST).
 */
export const Delivery = { none: 0, taken: 1, opening: 2 } as const

/** The buffers that rules inspect (Suricata's sticky buffers). */
export const Buffer = {
  /** The request's method, as sent. */
  httpMethod: 0,
  /** The request's path and query, normalised as Suricata does. */
  httpUri: 1,
  /** The host that the request names, in lower case and without port. */
  httpHost: 2,
  /** The name of the ClientHello's server_name extension. */
  tlsSni: 3,
  /** The name of one question: labels joined by dots. Several questions of one message are several buffers of one transaction. */
  dnsQuery: 4,
  /** The protocol version of a side's banner, "2.0" of "SSH-2.0-OpenSSH_9.2". */
  sshProto: 5,
} as const
export const BUFFER_KINDS = 6

/**
 * Whether rules inspect a buffer with this packet for the first time. `again`: its transaction had already passed the buffer's stage when
 * they first did; then Suricata remembers no match, and rules without a pattern match once more with each packet that
 * updates the transaction (detect.c, DetectRunTxInspectRule). `late`: until now it was shown only with the packet of a pick-up, with which
 * rules without a pattern are not selected and no session is established: to rules that could not match then it is fresh.
 */
export const Sight = { seen: 0, fresh: 1, again: 2, late: 3 } as const

const BUFFERS_OF: readonly number[] = [
  (1 << BUFFER_KINDS) - 1,
  (1 << Buffer.httpMethod) | (1 << Buffer.httpUri) | (1 << Buffer.httpHost),
  1 << Buffer.tlsSni,
  1 << Buffer.sshProto,
  1 << Buffer.dnsQuery,
  0,
]

/** Bits `1 << Buffer.x` of the buffers that a flow of an `AppProtocol` may have. */
export function buffersOf(protocol: number): number {
  return BUFFERS_OF[protocol] ?? 0
}

/** What the rules will ever inspect, known before the first packet; nothing else is computed. */
export interface AppNeeds {
  /** Bit `1 << Buffer.x` for each buffer that a rule inspects; 0 if rules need only the protocol. */
  readonly buffers: number
  /** Some rule searches for content in the stream of TCP flows. */
  readonly stream: boolean
}

/** What the rules remember of the stream window that they inspected last, so as not to search it again. It begins with the stream. */
export interface SeenWindow {
  /** Positions where that window began and ended; equal before the first inspection. */
  seenFrom: number
  seenTo: number
  /** Patterns found there, each followed by the position after it; undefined: none. */
  found: readonly number[] | undefined
}

const FIRST_BUFFERS = 8
const NOTHING = new Uint8Array(0)

/**
 * What the application layer presents with one packet. One object, refilled for each packet: it is valid until the
 * next call of `AppLayer.take`, and so are the bytes it refers to.
 */
export class AppView {
  /** An `AppProtocol` code. */
  protocol: number = AppProtocol.unknown
  /** Detection has finished, or given up, for the bytes that go to the server; to the client. */
  toServerDone = false
  toClientDone = false
  /** Nothing of this flow will change any more: protocol final, no buffers and no stream to come. */
  over = false
  /** The packet's payload was added to its stream (Suricata's PKT_STREAM_ADD): rules with content then inspect `stream` as well. */
  added = false
  /** With `added`: the stream is not shown yet, and only rules about single packets inspect the payload. */
  unshown = false
  /**
   * Rules with content inspect neither the payload nor the stream of this packet: application data of TLS, or
   * both NEWKEYS of SSH, were seen before it. (For a flow that is over, `isPayloadHidden` says so.)
   */
  payloadHidden = false
  /**
   * With `payloadHidden`: rules with only negated contents are evaluated nevertheless. This happens with the first data in the direction
   * opposite to the packet that hid the contents (Suricata 7, stream-tcp-reassemble.c, StreamReassembleRawUpdateProgress: a stream is
   * raw until rules have inspected it once more; detect-engine-build.c, PacketCreateMask: raw data counts as payload).
   */
  lastLook = false
  /**
   * Something that rules inspect has begun and is incomplete: a request without all its headers, a ClientHello without its end, or
   * a protocol that more bytes of this direction may determine.
   */
  pending = false

  /**
   * The number of buffers inspected with this packet, all of the packet's direction. A rule about several buffers is evaluated when it
   * finds all of them in one transaction and at least one of them fresh; so it is evaluated once.
   */
  count = 0
  /** A `Buffer` code. */
  kind = new Uint8Array(FIRST_BUFFERS)
  /** Number of the transaction, from 0 in the flow. */
  transaction = new Int32Array(FIRST_BUFFERS)
  /** A `Sight` code. */
  sight = new Uint8Array(FIRST_BUFFERS)
  /** With which showing of the flow's buffers it was fresh, from 1. */
  showing = new Int32Array(FIRST_BUFFERS)
  /** Range of the buffer in `bytes`. */
  from = new Int32Array(FIRST_BUFFERS)
  to = new Int32Array(FIRST_BUFFERS)
  bytes: Uint8Array = NOTHING

  /**
   * The part of the stream, in the packet's own direction, that rules with content inspect with this packet besides its
   * payload. It may contain bytes that were inspected before. Empty (`streamFrom` = `streamTo`) if there is none.
   */
  stream: Uint8Array = NOTHING
  streamFrom = 0
  streamTo = 0
  /** Position of `stream[streamFrom]` in its direction, relative to the first byte that the peer could send (the one after its SYN). */
  streamStart = 0
  /**
   * Offset in `stream` of the payload as it is in the stream, if part of it had come before: Suricata rewrites the packet to that
   * (stream-tcp-inline.c). -1: as it came.
   */
  rewrittenFrom = -1
  /** What is remembered of the stream that `stream` belongs to. */
  seen: SeenWindow = { seenFrom: 0, seenTo: 0, found: undefined }

  /** Clears everything but keeps the memory. */
  clear(): void {
    this.protocol = AppProtocol.unknown
    this.toServerDone = false
    this.toClientDone = false
    this.over = false
    this.added = false
    this.unshown = false
    this.payloadHidden = false
    this.lastLook = false
    this.pending = false
    this.count = 0
    this.streamFrom = 0
    this.streamTo = 0
    this.streamStart = 0
    this.rewrittenFrom = -1
  }

  /** Adds a buffer, the bytes `from` … `to`-1 of `bytes`. */
  add(kind: number, transaction: number, sight: number, showing: number, from: number, to: number): void {
    const at = this.count++
    if (at === this.kind.length) this.#grow()
    this.kind[at] = kind
    this.transaction[at] = transaction
    this.sight[at] = sight
    this.showing[at] = showing
    this.from[at] = from
    this.to[at] = to
  }

  #grow(): void {
    const capacity = this.kind.length * 2
    this.kind = copied(this.kind, new Uint8Array(capacity))
    this.transaction = copied(this.transaction, new Int32Array(capacity))
    this.sight = copied(this.sight, new Uint8Array(capacity))
    this.showing = copied(this.showing, new Int32Array(capacity))
    this.from = copied(this.from, new Int32Array(capacity))
    this.to = copied(this.to, new Int32Array(capacity))
  }
}

function copied<T extends Uint8Array | Int32Array>(old: T, grown: T): T {
  grown.set(old)
  return grown
}
