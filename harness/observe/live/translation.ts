import type { PacketBatch } from '../../model/batch.ts'
import { Kind, Link } from '../../model/codes.ts'
import { u16, u32 } from '../../wire/bytes.ts'
import { addressLength, destinationAt, sourceAt } from '../../wire/ip.ts'
import type { AddressChange, EndChange } from '../../wire/readdress.ts'
import { findTcpOption, TcpOption } from '../../wire/tcp-options.ts'
import { dissectInner } from '../../wire/tunnel/enter.ts'
import { depthOf, hasPorts, quotedTupleOf, tupleOf } from './identity.ts'
import { begunBy } from './pieces.ts'

interface Way {
  /** What the device added to sequence numbers. */
  readonly seqDelta: number
  /** The same for timestamps (RFC 7323). */
  readonly stampDelta: number
  /** The packet's ends when it came out. */
  readonly source: EndChange
  readonly destination: EndChange
}

/**
 * How a device changes the addresses, ports and sequence numbers of flows, learned from packets as they came out, and how
 * packets of the other direction must be sent so that the device sees one consistent conversation.
 */
export class Translations {
  /** Whether any flow was found to be translated, or is known to be. */
  any: boolean
  /** Flow * 2 + direction by tuple, as sent and as it comes out. */
  readonly #ways = new Map<number, number>()
  readonly #learned = new Map<number, Way>()

  constructor(known: boolean) {
    this.any = known
  }

  /** Registers the tuple of packet `i`, and that of an answer to it. */
  register(batch: PacketBatch, i: number, way: number): void {
    const tuple = tupleOf(batch, i)
    if (this.#ways.get(tuple) === way) return
    this.#ways.set(tuple, way)
    const back = tupleOf(batch, i, true)
    if (!this.#ways.has(back) || (this.#ways.get(back) ?? 0) >> 1 !== way >> 1) this.#ways.set(back, way ^ 1)
    if (depthOf(batch, i) > 0) this.#registerOutside(batch, i, way)
  }

  /** A device may answer a packet in a tunnel outside of it; the outside tuple is registered unless another flow has it. */
  #registerOutside(batch: PacketBatch, i: number, way: number): void {
    for (const back of [false, true]) {
      const tuple = tupleOf(batch, i, back, 0)
      if (!this.#ways.has(tuple)) this.#ways.set(tuple, back ? way ^ 1 : way)
    }
  }

  /** The same for a datagram that packet `i`, a fragment, begins, unless another flow has its tuple. */
  registerBegun(batch: PacketBatch, i: number, way: number): void {
    const begun = begunBy(batch, i)
    if (begun !== undefined && !this.#ways.has(tupleOf(begun, 0))) this.register(begun, 0, way)
  }

  /**
   * Flow * 2 + direction of packet `i` as it came out; -1: unknown. An ICMP error with unknown ends, which were translated
   * together with its quotation, has the opposite way of the quoted packet.
   */
  wayOf(batch: PacketBatch, i: number): number {
    const way = this.#ways.get(tupleOf(batch, i)) ?? -1
    if (way >= 0 || !this.any) return way
    return this.quotedWay(batch, i)
  }

  /** Flow * 2 + direction of an ICMP error by its quotation, whose opposite it is; -1: unknown. */
  quotedWay(batch: PacketBatch, i: number): number {
    const quoted = quotedTupleOf(batch, i)
    const of = quoted === undefined ? -1 : (this.#ways.get(quoted) ?? -1)
    return of < 0 ? -1 : of ^ 1
  }

  seqDelta(way: number): number {
    return this.any ? (this.#learned.get(way)?.seqDelta ?? 0) : 0
  }

  /** Whether a device adds to the numbers of either direction of this flow. */
  shifts(way: number): boolean {
    return this.seqDelta(way) !== 0 || this.seqDelta(way ^ 1) !== 0
  }

  /** Learns from packet `i` of `seen`, which came out for `sent`, a datagram of direction `way`. */
  learn(way: number, sent: Uint8Array, seen: PacketBatch, i: number): void {
    const { bytes } = seen
    const kind = seen.kind[i] ?? 0
    const l3 = seen.l3[i] ?? 0
    const l4 = seen.l4[i] ?? -1
    const size = addressLength(bytes, l3)
    const isTcp = kind === Kind.tcp4 || kind === Kind.tcp6
    const from = isTcp ? dissectInner(sent, Link.raw, seen.tunnels).l4 : -1
    const seqDelta = isTcp ? (u32(bytes, l4 + 4) - u32(sent, from + 4)) | 0 : 0
    const stamp = isTcp ? stampOf(sent, from) : undefined
    const stampSeen = isTcp ? stampOf(bytes, l4) : undefined
    const end = (address: number, port: number): EndChange => ({
      address: bytes.slice(address, address + size),
      ...(l4 < 0 || !hasPorts(kind) ? {} : { port: u16(bytes, port) }),
    })
    const learned = {
      seqDelta,
      stampDelta: stamp === undefined || stampSeen === undefined ? 0 : (stampSeen - stamp) | 0,
      source: end(sourceAt(bytes, l3), l4),
      destination: end(destinationAt(bytes, l3), l4 + 2),
    }
    this.any = true
    this.#learned.set(way, learned)
    this.register(seen, i, way)
  }

  /** How a packet of this direction must be changed before it is sent; undefined: not at all. */
  change(way: number): AddressChange | undefined {
    const other = this.any ? this.#learned.get(way ^ 1) : undefined
    if (other === undefined) return undefined
    const { source, destination, seqDelta, stampDelta } = other
    return { source: destination, destination: source, ackDelta: seqDelta, echoDelta: stampDelta }
  }

  clear(): void {
    this.#ways.clear()
    this.#learned.clear()
  }
}

/** The timestamp of the TCP header at `l4`; undefined: it has none. */
function stampOf(bytes: Uint8Array, l4: number): number | undefined {
  const at = findTcpOption(bytes, l4, bytes.length, TcpOption.timestamps)
  return at < 0 ? undefined : u32(bytes, at + 2)
}
