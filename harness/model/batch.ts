import { Tunnels } from './codes.ts'

/** Nanoseconds since the capture's epoch, a double: exact to 1 ns for 104 days. The one unit of time in harness/. */
export type Nanos = number

export const NANOS_PER_SECOND = 1_000_000_000

/** A packet that a firewall or the load balancer made itself, mostly because of another packet; rare, so an object. */
export interface Emitted {
  /** Index in the batch of the packet that caused it; -1: none did (a reset at expiry). */
  readonly cause: number
  readonly kind: 'tcp-rst' | 'icmp'
  /** An end of the packet that caused it; if none did, an end of the flow. */
  readonly to: 'sender' | 'receiver' | 'client' | 'server'
  /** The flow that it belongs to, if no packet caused it. */
  readonly flow?: number
  /** Host index or `Host.loadBalancer`. */
  readonly by: number
  readonly at: Nanos
  /** The whole frame, link header included, owned by whoever reads this object. */
  readonly frame: Uint8Array
  readonly link: number
  /** TCP numbers of a reset (absolute, unsigned); 0 for ICMP. */
  readonly seq: number
  readonly ack: number
}

/** What a host did with a packet, such as `owner` or `forwarder`; rare, so an object. */
export interface HostPart {
  /** Index into the batch. */
  readonly cause: number
  readonly host: number
  readonly part: string
}

/** A datagram reassembled from fragments; rare, so an object. Its verdict is that of the fragment which completed it. */
export interface Rebuilt {
  readonly index: number
  /**
   * IP header of the first fragment followed by the whole transport segment, without fragment header; if that is a tunnel
   * and tunnels are looked into, the datagram inside it.
   */
  readonly bytes: Uint8Array
  readonly kind: number
  readonly l4: number
  readonly payload: number
  readonly flags: number
}

const DEPTH = 0xff

/** How many tunnels a packet is in, from its `stack`. */
export function tunnelDepth(stack: number): number {
  return stack & DEPTH
}

/** The same `stack` with another number of tunnels. */
export function withTunnelDepth(stack: number, depth: number): number {
  return (stack & ~DEPTH) | depth
}

/** Bytes that a packet takes in the columns of capture/ and wire/: a double, fifteen words, a half one, four bytes. */
const COLUMNS_LENGTH = 8 + 15 * 4 + 2 + 4

/** Bytes that it takes in the columns of the stages behind them: three words, six bytes. */
const LATER_LENGTH = 3 * 4 + 6

/** Bytes of memory for the frames of a batch and its columns of capture/ and wire/. */
export function sharedLength(capacity: number, byteCapacity: number): number {
  return capacity * COLUMNS_LENGTH + byteCapacity
}

/** A kind of column. */
interface Column<T> {
  readonly BYTES_PER_ELEMENT: number
  new (length: number): T
  new (memory: ArrayBufferLike, at: number, length: number): T
}

/**
 * Most packets of a batch whose columns share a piece of memory. That is got and given back several times as fast; but one after another,
 * long columns of a round length would have each packet's elements in the same few places of the processor's cache.
 */
const SMALL = 512

function pieceFor(capacity: number, length: number): ArrayBuffer | undefined {
  return capacity <= SMALL ? new ArrayBuffer(capacity * length) : undefined
}

/** Where columns are: one after another in one piece of memory, or each in its own. */
class Room {
  readonly #memory: ArrayBufferLike | undefined
  #used = 0

  constructor(memory: ArrayBufferLike | undefined) {
    this.#memory = memory
  }

  column<T>(Kind: Column<T>, length: number): T {
    if (this.#memory === undefined) return new Kind(length)
    const at = this.#used
    this.#used += length * Kind.BYTES_PER_ELEMENT
    return new Kind(this.#memory, at, length)
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

/**
 * Up to `capacity` frames and what the stages have found out about them. Each column is filled by exactly one stage (named
 * beside it), and holds values for indices 0 … count-1 once that stage has run. A batch is valid until the next one is
 * pulled from its source; whatever must outlive it (evidence, reassembly) is copied.
 */
export class PacketBatch {
  readonly capacity: number
  count = 0
  /** Frames and columns up to flow/ are those of a capture in memory: they never change, and may be referred to beyond the life of the batch. */
  isLasting = false
  /** Which tunnels wire/ must look into, a `Tunnels` code. */
  tunnels: number = Tunnels.outer
  /** wire/: whether `stack` may differ from 0 for some packet. */
  stacked = false
  /** capture/: frames, in any order and with gaps (record headers) between them. */
  bytes: Uint8Array
  /** A view of exactly `bytes`. */
  view: DataView
  /** capture/: packet number in the capture, from 1 (tshark's frame.number); 0: synthesised. */
  readonly number: Int32Array
  /** capture/: offset of the frame in `bytes`. */
  readonly start: Int32Array
  /** capture/: bytes present, at most 262,144. */
  readonly captured: Int32Array
  /** capture/: bytes on the wire. */
  readonly original: Int32Array
  /** capture/, then timeline/: when the packet is offered. */
  readonly time: Float64Array
  /** capture/: a `Link` code (pcapng: may differ from packet to packet). */
  readonly link: Uint8Array
  /** wire/: a `Kind` code. */
  readonly kind: Uint8Array
  /** wire/: offset of the (innermost read) IP header in `bytes`, -1: none. */
  readonly l3: Int32Array
  /** wire/: offset of the transport header in `bytes`, -1: none. */
  readonly l4: Int32Array
  /** wire/: transport payload length in bytes by the IP length, not by what was captured. */
  readonly payload: Int32Array
  /** wire/: TCP flags; 0 for others. */
  readonly flags: Uint8Array
  /** wire/: the outer two VLAN ids, outer << 12 | inner; 0: untagged. For a packet in a tunnel: those inside it. */
  readonly vlan: Int32Array
  /** wire/: the third VLAN id << 8 | how many tunnels the packet is in (`tunnelDepth`); 0 for nearly all. */
  readonly stack: Int32Array
  /** wire/, for IPv4 with TCP or UDP: the two addresses. */
  readonly source: Int32Array
  readonly destination: Int32Array
  /** wire/, for TCP and UDP: source port << 16 | destination port. */
  readonly ports: Int32Array
  /** wire/, for TCP, like all columns down to `stamp`: sequence and acknowledgement number, signed. */
  readonly seq: Int32Array
  readonly ack: Int32Array
  /** wire/: as sent, not scaled. */
  readonly window: Uint16Array
  /** wire/: an `Options` code. */
  readonly options: Uint8Array
  /** wire/: the timestamp value, if `options` says that there is one. */
  readonly stamp: Int32Array
  /** flow/: flow id, dense from 0; -1: belongs to no flow. */
  readonly flow: Int32Array
  /** flow/: a `Direction` code. */
  readonly direction: Uint8Array
  /** flow/, for a fragment: the number of its datagram; -1: unknown. */
  readonly datagram: Int32Array
  /** flow/: datagrams completed in this batch, in order of index. */
  readonly rebuilt: Rebuilt[] = []
  /** timeline/: step id, dense from 0 in the order of offering. */
  readonly step: Int32Array
  /** timeline/: index into `Timeline.phases`. */
  readonly phase: Uint8Array
  /** timeline/: a `Role` code. */
  readonly role: Uint8Array
  /** path/: index into `Topology.hosts`, `Host.bypass`, or `Host.loadBalancer` (absorbed there; verdict and reason are then set). */
  readonly host: Uint8Array
  /** path/ for absorbed and bypassing packets, the target for all others: a `Verdict` code. */
  readonly verdict: Uint8Array
  /** As `verdict`: a `Reason` code. */
  readonly reason: Uint8Array
  /** The target: what hosts did with packets, if sessions are shared; in order of index. */
  readonly parts: HostPart[] = []
  /** path/ and the target: packets emitted about packets of this batch, or between them. */
  readonly emitted: Emitted[] = []

  /** `memory`: what frames and the columns of capture/ and wire/ are put into, `sharedLength` bytes; absent: memory of this thread. */
  constructor(capacity: number, byteCapacity: number, memory?: SharedArrayBuffer) {
    const room = new Room(memory ?? pieceFor(capacity, COLUMNS_LENGTH))
    this.capacity = capacity
    // The widest first, so that each is aligned.
    this.time = room.column(Float64Array, capacity)
    this.number = room.column(Int32Array, capacity)
    this.start = room.column(Int32Array, capacity)
    this.captured = room.column(Int32Array, capacity)
    this.original = room.column(Int32Array, capacity)
    this.l3 = room.column(Int32Array, capacity)
    this.l4 = room.column(Int32Array, capacity)
    this.payload = room.column(Int32Array, capacity)
    this.vlan = room.column(Int32Array, capacity)
    this.stack = room.column(Int32Array, capacity)
    this.source = room.column(Int32Array, capacity)
    this.destination = room.column(Int32Array, capacity)
    this.ports = room.column(Int32Array, capacity)
    this.seq = room.column(Int32Array, capacity)
    this.ack = room.column(Int32Array, capacity)
    this.stamp = room.column(Int32Array, capacity)
    this.window = room.column(Uint16Array, capacity)
    this.link = room.column(Uint8Array, capacity)
    this.kind = room.column(Uint8Array, capacity)
    this.flags = room.column(Uint8Array, capacity)
    this.options = room.column(Uint8Array, capacity)
    this.bytes = memory === undefined ? new Uint8Array(byteCapacity) : room.column(Uint8Array, byteCapacity)
    this.view = viewOf(this.bytes)
    const later = new Room(pieceFor(capacity, LATER_LENGTH))
    this.flow = later.column(Int32Array, capacity)
    this.datagram = later.column(Int32Array, capacity)
    this.step = later.column(Int32Array, capacity)
    this.direction = later.column(Uint8Array, capacity)
    this.phase = later.column(Uint8Array, capacity)
    this.role = later.column(Uint8Array, capacity)
    this.host = later.column(Uint8Array, capacity)
    this.verdict = later.column(Uint8Array, capacity)
    this.reason = later.column(Uint8Array, capacity)
  }

  /** Forgets the packets, keeps the memory. */
  clear(): void {
    this.count = 0
    this.rebuilt.length = 0
    this.emitted.length = 0
    this.parts.length = 0
  }

  /** Replaces the byte buffer by a larger one with its first `keep` bytes; offsets stay valid. */
  growBytes(byteCapacity: number, keep: number): void {
    const grown = new Uint8Array(byteCapacity)
    grown.set(this.bytes.subarray(0, keep))
    this.bytes = grown
    this.view = viewOf(grown)
  }

  /** A copy of one frame, for use beyond the life of the batch. */
  copyFrame(index: number): Uint8Array {
    const start = this.start[index] ?? 0
    return this.bytes.slice(start, start + (this.captured[index] ?? 0))
  }
}
