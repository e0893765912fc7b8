import { type Nanos, type PacketBatch, tunnelDepth, withTunnelDepth } from '../model/batch.ts'
import type { FlowInfo } from '../model/capture.ts'
import { Direction, Kind, Link, Tunnels } from '../model/codes.ts'
import { MOST_FLOWS } from '../model/flow-place.ts'
import { PLAIN_READING, type Reading } from '../model/reading.ts'
import type { HashTable } from '../support/hash-table.ts'
import { dissect } from '../wire/dissect.ts'
import { findQuote, isIcmpError, type Quote } from '../wire/icmp.ts'
import { datagramEnd, isIpv6 } from '../wire/ip.ts'
import { Protocol } from '../wire/numbers.ts'
import { enterTunnels } from '../wire/tunnel/enter.ts'
import { about } from './columns.ts'
import { FragmentStore } from './fragments.ts'
import { either, isLow4, realm, swapPorts, writeKey6 } from './key.ts'
import { isToItself, KeyTables, writeKey } from './key-tables.ts'
import { isExtended, linuxProtocol, portsOf, rebuiltOf, stopAtUnfollowed } from './linux.ts'
import { openingOf, orientationOf, senderIsClient } from './orientation.ts'
import { FlowPlaces } from './places.ts'
import { icmpOf, ipProtocol } from './transport.ts'

/**
 * Assigns flow and direction to each packet. A flow is a tuple (VLAN ids, tunnel depth, protocol, addresses, ports), whatever
 * happens on it: a fresh SYN on a known tuple changes neither the flow id nor who the client is. Ids grow from 0 in the order of first
 * packets. An ICMP error belongs to the flow that it quotes, against the quoted packet's direction; fragments to the flow of their
 * datagram. Packets from an endpoint to itself are all c2s.
 *
 * Only a limited number of flows is known at one time (see `FlowPlaces`). A forgotten flow that continues is a new one.
 */
export class FlowTable {
  /** The word with each key is flow id << 1, plus 1 if the client is the endpoint that the key names first. */
  readonly #keys = new KeyTables()
  readonly #places: FlowPlaces
  readonly #fragments: FragmentStore
  readonly #linux: boolean
  readonly #quote: Quote = { l3: 0, l4: -1, protocol: 0 }
  /** Result of `#resolve`: flow (-1: none) and direction. */
  #flow = -1
  #direction: number = Direction.c2s
  /** The packet being resolved: VLAN ids, tunnels, number and time. */
  #vlan = 0
  #stack = 0
  #number = 0
  #time: Nanos = 0

  /** How its packets are read: the caller's decoder must use the same reading. */
  readonly reading: Reading

  /** `most`: flows known at one time, a power of two from 64 to `MOST_FLOWS`. */
  constructor(reading: Reading = PLAIN_READING, most = MOST_FLOWS) {
    this.reading = reading
    this.#fragments = new FragmentStore(reading.fragments)
    this.#linux = reading.fragments.linux
    this.#places = new FlowPlaces(this.#keys, most)
  }

  /** The id of the next flow, if none is skipped. */
  get count(): number {
    return this.#places.next
  }

  /** The number of flows that were forgotten. */
  get forgotten(): number {
    return this.#places.forgotten
  }

  /** Whether a flow of that id is known. */
  has(id: number): boolean {
    return this.#places.has(id)
  }

  /**
   * Fills `flow` and `direction` of packets `from` … `to`-1, by default of all, and appends the datagrams that they
   * complete to `rebuilt`.
   */
  assign(batch: PacketBatch, from = 0, to = batch.count): void {
    let i = from
    while (i < to) {
      if (!batch.stacked) i = this.#assignKnown(batch, i, to)
      if (i < to) this.#assignOne(batch, i++)
    }
  }

  /** TCP and UDP packets of known flows: nearly every packet. Returns the index of the first other one, or `to`. */
  #assignKnown(batch: PacketBatch, from: number, to: number): number {
    const { kind, source, destination, ports, vlan, flow, direction } = batch
    const table = this.#keys.four
    const { mask } = this.#places
    const { seen } = this.#places.columns
    for (let i = from; i < to; i++) {
      const what = kind[i]
      if (what !== Kind.tcp4 && what !== Kind.udp4) {
        if ((what === Kind.tcp6 || what === Kind.udp6) && this.#assignKnown6(batch, i)) continue
        return i
      }
      const sender = source[i] ?? 0
      const receiver = destination[i] ?? 0
      const both = ports[i] ?? 0
      const isLow = isLow4(sender, receiver, both)
      const local = table.find4(
        either(isLow, sender, receiver),
        either(isLow, receiver, sender),
        either(isLow, both, swapPorts(both)),
        realm(vlan[i] ?? 0, what === Kind.tcp4 ? Protocol.tcp : Protocol.udp),
      )
      if (local < 0) return i
      const entry = table.value(local)
      flow[i] = entry >> 1
      seen[(entry >> 1) & mask] = 1
      direction[i] = (entry & 1) ^ isLow
    }
    return to
  }

  #assignKnown6(batch: PacketBatch, i: number): boolean {
    const table = this.#keys.six
    const l3 = batch.l3[i] ?? 0
    if (this.#linux && isExtended(batch, i)) return false
    const home = realm(batch.vlan[i] ?? 0, batch.kind[i] === Kind.tcp6 ? Protocol.tcp : Protocol.udp)
    const senderIsLow = writeKey6(table.key, batch.bytes, l3 + 8, l3 + 24, batch.ports[i] ?? 0, home)
    const local = table.find()
    if (local < 0) return false
    this.#take(table, local, senderIsLow)
    batch.flow[i] = this.#flow
    batch.direction[i] = this.#direction
    return true
  }

  /** The data of a flow. Throws ERR_FLOW if there is no such flow, or it was forgotten. */
  info(id: number): FlowInfo {
    return this.#places.info(id)
  }

  /** The known flows, in the order of their ids. */
  known(): Generator<FlowInfo> {
    return this.#places.known()
  }

  /** Forgets every flow and keeps the memory; the cost is proportional to what was used. */
  reset(): void {
    this.#keys.reset()
    this.#places.clear()
    this.#fragments.clear()
  }

  /** A packet of any kind. */
  #assignOne(batch: PacketBatch, i: number): void {
    if (this.#linux && isExtended(batch, i) && !stopAtUnfollowed(batch, i)) this.#fragments.claim(batch, i)
    const kind = batch.kind[i] ?? Kind.other
    const l3 = batch.l3[i] ?? -1
    const end = (batch.start[i] ?? 0) + (batch.captured[i] ?? 0)
    this.#flow = -1
    this.#direction = Direction.c2s
    this.#vlan = batch.vlan[i] ?? 0
    this.#stack = batch.stack[i] ?? 0
    this.#number = batch.number[i] ?? 0
    this.#time = batch.time[i] ?? 0
    if (kind === Kind.fragment4 || kind === Kind.fragment6) this.#assignFragment(batch, i, end)
    else if (kind !== Kind.other && kind !== Kind.malformed && kind !== Kind.cut)
      this.#resolve(batch.bytes, l3, batch.l4[i] ?? -1, end, batch.flags[i] ?? 0)
    batch.flow[i] = this.#flow
    batch.direction[i] = this.#direction
  }

  /** A fragment belongs to its datagram's flow from the moment the transport header is known. */
  #assignFragment(batch: PacketBatch, i: number, end: number): void {
    const datagram = this.#fragments.add(batch, i)
    batch.datagram[i] = datagram === undefined ? -1 : datagram.assembly.number
    if (datagram === undefined) return
    const { assembly, whole } = datagram
    const l4 = batch.l4[i] ?? -1
    this.#flow = this.has(assembly.flow) ? assembly.flow : -1
    this.#direction = assembly.direction
    if (this.#flow < 0 && l4 >= 0) this.#resolve(batch.bytes, batch.l3[i] ?? 0, l4, end, batch.flags[i] ?? 0)
    if (whole !== undefined) this.#addRebuilt(batch, i, whole)
    assembly.flow = this.#flow
    assembly.direction = this.#direction
  }

  /** The flow is that of the whole datagram, whatever a fragment showed; if the datagram is a tunnel, that of the inner packet. */
  #addRebuilt(batch: PacketBatch, i: number, bytes: Uint8Array): void {
    const found = dissect(bytes, Link.raw)
    this.#flow = -1
    if (batch.tunnels !== Tunnels.outer) {
      enterTunnels(bytes, bytes.length, batch.tunnels, found)
      if (found.stack !== 0) {
        this.#vlan = found.vlan
        this.#stack = withTunnelDepth(found.stack, tunnelDepth(this.#stack) + tunnelDepth(found.stack))
      }
    }
    const whole = rebuiltOf(i, bytes, found, this.#linux)
    const { kind, l4, flags } = whole
    batch.rebuilt.push(whole)
    if (kind !== Kind.malformed && kind !== Kind.fragment4 && kind !== Kind.fragment6)
      this.#resolve(whole.bytes, 0, l4, whole.bytes.length, flags)
  }

  /** Finds or opens the flow of the IP packet at `l3` in `bytes`: the current packet, or one that was rebuilt with it. */
  #resolve(bytes: Uint8Array, l3: number, l4: number, end: number, flags: number): void {
    const protocol = (this.#linux ? linuxProtocol : ipProtocol)(bytes, l3, end)
    const six = isIpv6(bytes, l3)
    if (protocol === icmpOf(six) && l4 >= 0 && isIcmpError(bytes[l4] ?? 0, six)) {
      this.#resolveQuoted(bytes, l4, end, six)
      return
    }
    const ports = portsOf(this.#linux, bytes, l4, Math.min(end, datagramEnd(bytes, l3)), protocol, six)
    if (ports === undefined) return
    const table = this.#keys.of(six, this.#stack !== 0)
    const senderIsLow = writeKey(table, bytes, l3, six, ports, protocol, this.#vlan, this.#stack)
    const known = table.find()
    if (known < 0) this.#open(table, protocol, flags, ports, senderIsLow)
    else this.#take(table, known, senderIsLow)
  }

  /** The flow of the packet quoted by the ICMP error at `l4`, in the opposite direction. */
  #resolveQuoted(bytes: Uint8Array, l4: number, end: number, six: boolean): void {
    const quote = this.#quote
    if (!findQuote(bytes, l4, end, six, quote, this.#linux)) return
    const ports = portsOf(this.#linux, bytes, quote.l4, end, quote.protocol, six)
    if (ports === undefined) return
    const table = this.#keys.of(six, this.#stack !== 0)
    const { l3, protocol } = quote
    const senderIsLow = writeKey(table, bytes, l3, six, ports, protocol, this.#vlan, this.#stack)
    const local = table.find()
    if (local < 0) return
    this.#take(table, local, senderIsLow)
    this.#direction = this.#direction === Direction.c2s ? Direction.s2c : Direction.c2s
  }

  #take(table: HashTable, local: number, senderIsLow: boolean): void {
    const entry = table.value(local)
    this.#flow = entry >> 1
    this.#places.columns.seen[(entry >> 1) & this.#places.mask] = 1
    this.#direction = (entry & 1) ^ Number(senderIsLow)
  }

  /** Opens a flow for the key just written. */
  #open(table: HashTable, protocol: number, flags: number, ports: number, senderIsLow: boolean): void {
    const opening = openingOf(protocol, flags)
    const orientation = orientationOf(protocol, opening, ports)
    const six = this.#keys.isSix(table)
    const clientIsLow =
      senderIsClient(orientation, ports) === senderIsLow || isToItself(table.key, six, ports)
    const id = this.#places.take()
    const local = table.add()
    table.setValue(local, (id << 1) | (clientIsLow ? 1 : 0))
    const bits = about(six, orientation, opening, this.#stack !== 0)
    this.#places.columns.put(id & this.#places.mask, id, local, bits, this.#number, this.#time)
    this.#flow = id
    this.#direction = Number(clientIsLow) ^ Number(senderIsLow)
  }
}
