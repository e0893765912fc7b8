/** What a flow speaks, as its first bytes tell. A rule about a protocol matches where the codes are equal. */
export const AppProtocol = {
  /** Not told yet; and always of a flow without session, whose bytes nobody puts together. */
  unknown: 0,
  http: 1,
  tls: 2,
  ssh: 3,
  /** Over UDP and TCP. */
  dns: 4,
  /** None of these, and nothing that comes can change that. */
  failed: 5,
} as const

/**
 * Whether the tracker took a packet into its session; not so are errors of the stream, packets of flows without session, and what
 * established sessions tolerate outside their windows. One that opens a session is in its stream, which rules see from the next one on
 * (Suricata 7, stream-tcp.c, PKT_STREAM_EST).
 */
export const Delivery = { none: 0, taken: 1, opening: 2 } as const

/** The buffers that rules look at (Suricata's sticky buffers). */
export const Buffer = {
  /** The request's method, as sent. */
  httpMethod: 0,
  /** The request's path and query, normalised as Suricata does. */
  httpUri: 1,
  /** The host that the request names, in lower case and without port. */
  httpHost: 2,
  /** The name of the ClientHello's server_name extension. */
  tlsSni: 3,
  /** One question's name: labels joined by dots. Several questions of one message are several buffers of one transaction. */
  dnsQuery: 4,
  /** The protocol version of a side's banner, "2.0" of "SSH-2.0-OpenSSH_9.2". */
  sshProto: 5,
} as const
export const BUFFER_KINDS = 6

/**
 * How rules look at a buffer: with this packet for the first time, or not. Its transaction may have been beyond the buffer's stage
 * when they first did (`again`): then Suricata notes no match, and rules that no pattern calls match once more with each packet that
 * tells something of the transaction (detect.c, DetectRunTxInspectRule).
 */
export const Sight = { seen: 0, fresh: 1, again: 2 } as const

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

/** What the rules will ever look at, known before the first packet; what nobody looks at is not worked out. */
export interface AppNeeds {
  /** Bit `1 << Buffer.x` for each buffer that a rule looks at. 0 where rules need the protocol alone. */
  readonly buffers: number
  /** Some rule looks for content in the stream of TCP flows. */
  readonly stream: boolean
}

/** What the rules note of the window of a stream that they looked at last, so that they need not look again. It begins with the stream. */
export interface SeenWindow {
  /** Positions where that window began and ended; equal before the first. */
  seenFrom: number
  seenTo: number
  /** Patterns that were found there, each with the position behind it, in turn; undefined: none. */
  found: readonly number[] | undefined
}

const FIRST_BUFFERS = 8
const NOTHING = new Uint8Array(0)

/**
 * What the application layer has to show with one packet. One object is filled again for each packet: it is good until the
 * next call of `AppLayer.take`, and so are the bytes it points at.
 */
export class AppView {
  /** An `AppProtocol` code. */
  protocol: number = AppProtocol.unknown
  /** The protocol was settled, or given up, from the bytes that go to the server; to the client. */
  toServerDone = false
  toClientDone = false
  /** Nothing of this flow will change any more: protocol settled, no buffers and no stream to come. */
  over = false
  /** The packet's payload was taken into its stream (Suricata's PKT_STREAM_ADD): rules with content then look at `stream` as well. */
  added = false
  /** Beside `added`: not yet, and at the payload only those that look at single packets. */
  unshown = false
  /**
   * Rules with content are not asked about this packet, neither about its payload nor about its stream: application data of TLS, or
   * both NEWKEYS of SSH, were seen before it. (`isPayloadHidden` says so of a flow that is over.)
   */
  payloadHidden = false
  /**
   * Beside `payloadHidden`: rules whose contents are all negated are asked all the same. So it is with the first data of the direction
   * other than that of the packet that hid them (Suricata 7, stream-tcp-reassemble.c, StreamReassembleRawUpdateProgress: a stream is
   * raw until rules were run over it once more; detect-engine-build.c, PacketCreateMask: what is raw counts as payload).
   */
  lastLook = false
  /**
   * What rules look at has begun and is not complete: a request without all its headers, a ClientHello without its end, or
   * a protocol not settled that more bytes of this direction may settle.
   */
  pending = false

  /**
   * Buffers of the transactions that are inspected with this packet: those of the packet's direction only. A rule about several
   * buffers is asked when it finds all of them under one transaction and at least one of them fresh; so it is asked once.
   */
  count = 0
  /** A `Buffer` code. */
  kind = new Uint8Array(FIRST_BUFFERS)
  /** Counted from 0 in the flow. */
  transaction = new Int32Array(FIRST_BUFFERS)
  /** A `Sight` code. */
  sight = new Uint8Array(FIRST_BUFFERS)
  /** Range of the buffer in `bytes`. */
  from = new Int32Array(FIRST_BUFFERS)
  to = new Int32Array(FIRST_BUFFERS)
  bytes: Uint8Array = NOTHING

  /**
   * The piece of the packet's own direction of the stream that rules with content look at with this packet, besides its
   * payload: bytes that were inspected before may be part of it. Empty (`streamFrom` = `streamTo`) where there is none.
   */
  stream: Uint8Array = NOTHING
  streamFrom = 0
  streamTo = 0
  /** Where `stream[streamFrom]` lies in its direction, in bytes after the first that the peer could send (the one after its SYN). */
  streamStart = 0
  /**
   * The payload as it is in the stream, in `stream` from here on, where some of it had come before: Suricata rewrites the packet so
   * (stream-tcp-inline.c). -1: as it came.
   */
  rewrittenFrom = -1
  /** What was noted of the stream that `stream` is of. */
  seen: SeenWindow = { seenFrom: 0, seenTo: 0, found: undefined }

  /** Forgets all but the memory. */
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
  add(kind: number, transaction: number, sight: number, from: number, to: number): void {
    const at = this.count++
    if (at === this.kind.length) this.#grow()
    this.kind[at] = kind
    this.transaction[at] = transaction
    this.sight[at] = sight
    this.from[at] = from
    this.to[at] = to
  }

  #grow(): void {
    const capacity = this.kind.length * 2
    this.kind = copied(this.kind, new Uint8Array(capacity))
    this.transaction = copied(this.transaction, new Int32Array(capacity))
    this.sight = copied(this.sight, new Uint8Array(capacity))
    this.from = copied(this.from, new Int32Array(capacity))
    this.to = copied(this.to, new Int32Array(capacity))
  }
}

function copied<T extends Uint8Array | Int32Array>(old: T, grown: T): T {
  grown.set(old)
  return grown
}
