import { NANOS_PER_SECOND, type Nanos, type PacketBatch } from '../model/batch.ts'
import { Host, Reason, Role } from '../model/codes.ts'
import { MOST_FLOWS } from '../model/flow-place.ts'
import type { LoadBalancer, Topology } from '../model/setup.ts'
import type { HostEvent, TimedEvent, TimelineChunk } from '../model/timeline.ts'
import { absorb, bypass, resetSender } from './answer.ts'
import { Counts, type LoadBalancerCounters } from './counts.ts'
import { Delivery } from './delivery.ts'
import { FlowEntries, HOST_MASK, LIVE, TCP } from './flow-entries.ts'
import { FlowGroups } from './flow-groups.ts'
import { ipLength, isAboutFlow, isTcpFlow, isTcpMiss } from './packet.ts'
import { Placement, Service } from './placement.ts'
import { Steering } from './steering.ts'
import { TableRoom } from './table-room.ts'
import { tupleHash } from './tuple-hash.ts'

/**
 * The load balancer in front of the hosts: gives each packet its host, by the packets' own times (AWS Gateway Load Balancer guide).
 * Each flow has one entry. A flow without one is placed by its tuple among the hosts in service, whichever host it had before.
 */
export class LoadBalancerPath {
  readonly #loadBalancer: LoadBalancer
  readonly #seed: number
  readonly #placement: Placement
  readonly #entries = new FlowEntries()
  readonly #steering = new Steering()
  readonly #room: TableRoom
  readonly #groups: FlowGroups | undefined
  readonly #delivery: Delivery
  readonly #counts = new Counts()
  /** Bytes of the largest IP packet that it accepts. */
  readonly #mtu: number
  /** The configuration has something that must be checked for every packet. */
  readonly #special: boolean
  /** For entries made from now on. */
  #tcpIdle: Nanos
  readonly #otherIdle: Nanos
  /** A reset on idle also answers packets of flows that never had an entry (listener attribute send_tcp_reset.on_idle_timeout). */
  readonly #tcpMiss: LoadBalancer['nonSynMiss']
  /** When the last packet or event came. Never a small whole number, so that V8 keeps it as a double from the first packet on. */
  #now: Nanos = Number.NEGATIVE_INFINITY

  constructor(topology: Topology, seed: number) {
    const { hosts, loadBalancer } = topology
    this.#loadBalancer = loadBalancer
    this.#seed = seed
    this.#placement = new Placement(hosts.length, loadBalancer)
    this.#room = new TableRoom(loadBalancer.capacity)
    const { stickiness = '5-tuple' } = loadBalancer
    this.#groups = stickiness === '5-tuple' ? undefined : new FlowGroups(stickiness)
    this.#delivery = new Delivery(this.#placement, loadBalancer)
    this.#mtu = loadBalancer.mtu ?? Number.POSITIVE_INFINITY
    this.#special = this.#groups !== undefined || this.#delivery.asks || loadBalancer.mtu !== undefined
    this.#tcpIdle = topology.loadBalancer.tcpIdle * NANOS_PER_SECOND
    this.#otherIdle = topology.loadBalancer.otherIdle * NANOS_PER_SECOND
    this.#tcpMiss = topology.loadBalancer.resetOn.idle ? 'reset' : topology.loadBalancer.nonSynMiss
  }

  /**
   * Fills `host`, and for packets that it absorbs, that bypass it, or that are lost between it and a host also `verdict`, `reason`
   * and `emitted`. Returns the chunk's events, each with the index of its host.
   */
  assign({ packets, events }: TimelineChunk): readonly TimedEvent[] {
    // This is the first stage that emits; a batch that is replayed again still holds the entries of the last time.
    packets.emitted.length = 0
    packets.parts.length = 0
    const resolved: TimedEvent[] = []
    let from = 0
    for (const { before, at, event } of events) {
      this.#route(packets, from, before)
      resolved.push({ before, at, event: this.#apply(event, at) })
      this.#now = Math.max(this.#now, at)
      from = before
    }
    this.#route(packets, from, packets.count)
    return resolved
  }

  /** Back to an empty table with all hosts in service and counters at zero; the cost depends only on the places used. */
  reset(): void {
    this.#placement.restoreAll()
    this.#entries.reset()
    this.#steering.clear()
    this.#room.reset()
    this.#groups?.reset()
    this.#delivery.reset()
    this.#counts.reset()
    this.#tcpIdle = this.#loadBalancer.tcpIdle * NANOS_PER_SECOND
    this.#now = Number.NEGATIVE_INFINITY
  }

  counters(): LoadBalancerCounters {
    const now = this.#now
    const placement = this.#placement
    const active = this.#active(now) + this.#room.others(now)
    return this.#counts.metrics(active, placement.count(true, now), placement.count(false, now))
  }

  #active(now: Nanos): number {
    return this.#entries.countActive(now, this.#tcpIdle, this.#otherIdle)
  }

  #apply(event: HostEvent, at: Nanos): HostEvent {
    if ('scope' in event && event.scope === 'hosts') return event
    switch (event.kind) {
      case 'drain':
      case 'crash':
      case 'unhealthy': {
        const host = event.host < 0 ? this.#serving(event.flow, at) : event.host
        this.#placement.leave(host, event.kind, at, event.outage === true)
        return { ...event, host }
      }
      case 'restore':
        return { ...event, host: this.#placement.restore(event.host, at, event.outage === true) }
      case 'end-drain':
      case 'export':
      case 'replicate':
        return { ...event, host: event.host < 0 ? this.#placement.left : event.host }
      case 'lose-replicas':
      case 'store':
        return event
      case 'flush':
        this.#placement.flush()
        return event
      case 'steer':
        this.#steering.add(event)
        return event
      case 'return':
        this.#steering.clear()
        this.#placement.restoreAll()
        this.#entries.returnAll()
        return event
      case 'set-timeout':
        this.#entries.keepLimits(this.#tcpIdle, this.#otherIdle)
        this.#tcpIdle = event.tcpIdle * NANOS_PER_SECOND
        return event
      case 'fill-table':
        this.#room.fill(this.#active(at), at + (event.lasts ?? Number.POSITIVE_INFINITY))
        return event
    }
  }

  /** The host that the next packet of a flow would go to; without an entry the first host in service, or else the first host. */
  #serving(flow: number, now: Nanos): number {
    const entries = this.#entries
    const key = this.#groups === undefined ? flow : this.#groups.known(flow)
    const place = key < 0 ? -1 : entries.placeOf(key)
    if (!entries.has(place)) return Math.max(0, this.#placement.first(now))
    const host = entries.host(place)
    if (!this.#placement.hasLeft(host, now) || this.#loadBalancer.failover === 'no_rebalance') return host
    const next = this.#placement.place(entries.hash(place) ?? 0, now)
    return next < 0 ? host : next
  }

  #route(packets: PacketBatch, from: number, to: number): void {
    if (from >= to) return
    this.#counts.processed += to - from
    const special = this.#special || this.#entries.limits !== undefined
    let i = from
    while (i < to) {
      if (!special && !this.#steering.active) i = this.#routeSettled(packets, i, to)
      if (i < to) this.#routeOne(packets, i++)
    }
    this.#now = Math.max(this.#now, packets.time[to - 1] ?? 0)
  }

  /** Routes packets whose flow has a live entry with a host in service; returns the index of the first other packet. */
  #routeSettled(packets: PacketBatch, from: number, to: number): number {
    const { flow, time, role, host } = packets
    const { words, lastSeen, owners } = this.#entries
    const mask = MOST_FLOWS - 1
    const { service } = this.#placement
    const size = words.length
    const tcpIdle = this.#tcpIdle
    const otherIdle = this.#otherIdle
    for (let i = from; i < to; i++) {
      const id = flow[i] ?? -1
      const place = id & mask
      if (id < 0 || place >= size || role[i] === Role.control) return i
      if (owners !== undefined && owners[place] !== id) return i
      const word = words[place] ?? 0
      const at = word & HOST_MASK
      const now = time[i] ?? 0
      const gap = now - (lastSeen[place] ?? 0)
      if ((word & LIVE) === 0 || gap > ((word & TCP) !== 0 ? tcpIdle : otherIdle)) return i
      if (service[at] !== Service.up) return i
      if (gap > 0) lastSeen[place] = now
      host[i] = at
    }
    return to
  }

  #routeOne(packets: PacketBatch, index: number): void {
    if (packets.role[index] === Role.control) {
      this.#counts.processed--
      return
    }
    const flow = packets.flow[index] ?? -1
    const now = packets.time[index] ?? 0
    const steered = this.#steering.hostOf(flow, packets.direction[index] ?? 0)
    if (steered === Host.bypass) {
      this.#counts.processed--
      bypass(packets, index)
      return
    }
    if (this.#special && ipLength(packets, index) > this.#mtu) {
      absorb(packets, index, Reason['packet too big'])
      return
    }
    const key = flow < 0 || this.#groups === undefined ? flow : this.#groups.of(packets, index, flow)
    const place = key < 0 ? -1 : this.#entries.placeOf(key)
    if (place >= 0) this.#expire(place, now)
    const live = place >= 0 && this.#entries.has(place)
    if (steered >= 0) {
      if (live) this.#entries.see(place, now)
      this.#delivery.send(packets, index, -1, steered)
    } else if (live) this.#routeEntry(packets, index, place, now)
    else if (place < 0 || isAboutFlow(packets, index))
      this.#delivery.send(packets, index, -1, this.#placement.place(this.#hash(packets, index), now))
    else this.#routeNew(packets, index, place, now)
  }

  /** Removes the entry of a flow if it was idle for longer than its time-out. */
  #expire(place: number, now: Nanos): void {
    const entries = this.#entries
    if (entries.has(place) && now > entries.until(place, this.#tcpIdle, this.#otherIdle))
      entries.expire(place)
  }

  /** Routes a packet of a flow with an entry: the entry is kept, changed because its host has left, or ended by a reset. */
  #routeEntry(packets: PacketBatch, index: number, place: number, now: Nanos): void {
    const entries = this.#entries
    const placement = this.#placement
    const { failover, resetOn } = this.#loadBalancer
    const host = entries.host(place)
    entries.see(place, now)
    if (!placement.hasLeft(host, now)) {
      this.#delivery.send(packets, index, place, host)
      return
    }
    if (
      entries.isTcp(place) &&
      (placement.isHealthy(host, now) ? resetOn.deregistration : resetOn.unhealthy)
    ) {
      if (this.#reset(packets, index, Reason['target unreachable'])) entries.remove(place)
      return
    }
    if (failover === 'no_rebalance' || placement.failsOpen(now)) {
      this.#delivery.send(packets, index, place, host)
      return
    }
    const next = placement.place(entries.hash(place) ?? 0, now)
    if (next >= 0) entries.move(place, next)
    this.#delivery.send(packets, index, place, next)
  }

  /** Routes a packet of a flow without an entry: makes one, unless it is a TCP packet midstream that must not, or the table is full. */
  #routeNew(packets: PacketBatch, index: number, place: number, now: Nanos): void {
    const entries = this.#entries
    if (this.#tcpMiss !== 'forward' && isTcpMiss(packets, index)) {
      const reason = entries.hasExpired(place) ? Reason['idle timeout'] : Reason['not in flow table']
      if (this.#tcpMiss === 'drop') absorb(packets, index, reason)
      else this.#reset(packets, index, reason)
      return
    }
    const hash = entries.hash(place) ?? this.#hash(packets, index)
    const host = this.#placement.place(hash, now)
    const tcp = isTcpFlow(packets, index)
    if (host >= 0) {
      if (this.#room.isFull(entries, now, this.#tcpIdle, this.#otherIdle)) {
        this.#refuse(packets, index, place, tcp)
        return
      }
      const limit = tcp ? this.#tcpIdle : this.#otherIdle
      entries.open(place, host, tcp, hash, now, limit)
      this.#room.made(now + limit)
      this.#counts.opened++
    }
    this.#delivery.send(packets, index, place, host)
  }

  /** Refuses a new flow because the table is full; counts it once, however often it tries. */
  #refuse(packets: PacketBatch, index: number, place: number, tcp: boolean): void {
    if (this.#entries.refuse(place)) this.#counts.refuse(tcp)
    absorb(packets, index, Reason['flow table full'])
  }

  #hash(packets: PacketBatch, index: number): number {
    return this.#placement.byHash
      ? tupleHash(packets, index, this.#seed, this.#loadBalancer.stickiness ?? '5-tuple')
      : 0
  }

  /** Answers a packet's sender with a reset, if the packet may be answered with one; returns whether it was. */
  #reset(packets: PacketBatch, index: number, reason: number): boolean {
    const sent = resetSender(packets, index, reason)
    if (sent) this.#counts.resets++
    return sent
  }
}
