import { NANOS_PER_SECOND, type Nanos, type PacketBatch } from '../model/batch.ts'
import { Host, Reason, Role, Verdict } from '../model/codes.ts'
import { MOST_FLOWS } from '../model/flow-place.ts'
import type { LoadBalancer, Topology } from '../model/setup.ts'
import type { HostEvent, TimedEvent, TimelineChunk } from '../model/timeline.ts'
import { buildReset } from '../wire/reset.ts'
import { FlowEntries, HOST_MASK, LIVE, TCP } from './flow-entries.ts'
import { isAboutFlow, isTcpFlow, isTcpMiss } from './packet.ts'
import { Placement, Service } from './placement.ts'
import { Steering } from './steering.ts'
import { tupleHash } from './tuple-hash.ts'

/** The load balancer's own metrics under AWS's names (CloudWatch namespace AWS/GatewayELB), since it was made or reset. */
export interface LoadBalancerCounters {
  /** Entries made. */
  readonly NewFlowCount: number
  /** Entries that were not idle for too long when the last packet or event came. */
  readonly ActiveFlowCount: number
  /** Flows refused because the table is full; this table has no limit. */
  readonly RejectedFlowCount: number
  readonly TCP_ELB_Reset_Count: number
  /** Packets that reached the load balancer: all but controls and those that bypass it. */
  readonly ProcessedPackets: number
}

/**
 * The load balancer in front of the hosts: gives each packet its host, on the packets' own times (AWS Gateway Load Balancer guide). One
 * entry a flow; a flow without one is placed by its tuple among the hosts in service, whichever host it had before.
 */
export class LoadBalancerPath {
  readonly #loadBalancer: LoadBalancer
  readonly #seed: number
  readonly #placement: Placement
  readonly #entries = new FlowEntries()
  readonly #steering = new Steering()
  readonly #tcpIdle: Nanos
  readonly #otherIdle: Nanos
  /** A reset on idle also answers what has no entry at all (listener attribute send_tcp_reset.on_idle_timeout). */
  readonly #tcpMiss: LoadBalancer['nonSynMiss']
  /** When the last packet or event came. Never a small whole number, so that V8 has it as a double from the first packet on. */
  #now: Nanos = Number.NEGATIVE_INFINITY
  #opened = 0
  #resets = 0
  #processed = 0

  constructor(topology: Topology, seed: number) {
    this.#loadBalancer = topology.loadBalancer
    this.#seed = seed
    this.#placement = new Placement(topology.hosts.length, topology.loadBalancer.placement)
    this.#tcpIdle = topology.loadBalancer.tcpIdle * NANOS_PER_SECOND
    this.#otherIdle = topology.loadBalancer.otherIdle * NANOS_PER_SECOND
    this.#tcpMiss = topology.loadBalancer.resetOn.idle ? 'reset' : topology.loadBalancer.nonSynMiss
  }

  /**
   * Fills `host`, and `verdict`, `reason` and `emitted` of packets that it absorbs or that bypass it. Answers the chunk's
   * events with every host's index.
   */
  assign({ packets, events }: TimelineChunk): readonly TimedEvent[] {
    // This is the first stage that emits; a batch that is replayed again still holds what was noted the last time.
    packets.emitted.length = 0
    packets.parts.length = 0
    const resolved: TimedEvent[] = []
    let from = 0
    for (const { before, at, event } of events) {
      this.#route(packets, from, before)
      resolved.push({ before, at, event: this.#apply(event) })
      this.#now = Math.max(this.#now, at)
      from = before
    }
    this.#route(packets, from, packets.count)
    return resolved
  }

  /** Back to an empty table with all hosts in service and counters at zero; costs what was used. */
  reset(): void {
    this.#placement.restoreAll()
    this.#entries.reset()
    this.#steering.clear()
    this.#now = Number.NEGATIVE_INFINITY
    this.#opened = 0
    this.#resets = 0
    this.#processed = 0
  }

  counters(): LoadBalancerCounters {
    return {
      NewFlowCount: this.#opened,
      ActiveFlowCount: this.#entries.countActive(this.#now, this.#tcpIdle, this.#otherIdle),
      RejectedFlowCount: 0,
      TCP_ELB_Reset_Count: this.#resets,
      ProcessedPackets: this.#processed,
    }
  }

  #apply(event: HostEvent): HostEvent {
    switch (event.kind) {
      case 'drain':
      case 'crash': {
        const host = event.host < 0 ? this.#serving(event.flow) : event.host
        this.#placement.leave(host, event.kind)
        return { ...event, host }
      }
      case 'restore':
        this.#placement.restore(event.host)
        return event
      case 'steer':
        this.#steering.add(event)
        return event
      case 'return':
        this.#steering.clear()
        this.#placement.restoreAll()
        this.#entries.returnAll()
        return event
    }
  }

  /** The host that the next packet of a flow would go to; without an entry the first in service, without any the first. */
  #serving(flow: number): number {
    const entries = this.#entries
    const place = flow < 0 ? -1 : entries.placeOf(flow)
    if (!entries.has(place)) return Math.max(0, this.#placement.service.indexOf(Service.up))
    const host = entries.host(place)
    if (this.#placement.service[host] === Service.up || this.#loadBalancer.failover === 'no_rebalance')
      return host
    const next = this.#placement.place(entries.hash(place) ?? 0)
    return next < 0 ? host : next
  }

  #route(packets: PacketBatch, from: number, to: number): void {
    if (from >= to) return
    this.#processed += to - from
    let i = from
    while (i < to) {
      if (!this.#steering.active) i = this.#routeSettled(packets, i, to)
      if (i < to) this.#routeOne(packets, i++)
    }
    this.#now = Math.max(this.#now, packets.time[to - 1] ?? 0)
  }

  /** Routes packets whose flow has a live entry with a host in service; answers the index of the first other one. */
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
      this.#processed--
      return
    }
    const flow = packets.flow[index] ?? -1
    const now = packets.time[index] ?? 0
    const steered = this.#steering.hostOf(flow, packets.direction[index] ?? 0)
    if (steered === Host.bypass) {
      this.#processed--
      decide(packets, index, Host.bypass, Verdict.forward, Reason.bypass)
      return
    }
    const place = flow < 0 ? -1 : this.#entries.placeOf(flow)
    if (place >= 0) this.#expire(place, now)
    const live = place >= 0 && this.#entries.has(place)
    if (steered >= 0) {
      if (live) this.#entries.see(place, now)
      this.#send(packets, index, steered)
    } else if (live) this.#routeEntry(packets, index, place, now)
    else if (place < 0 || isAboutFlow(packets, index))
      this.#send(packets, index, this.#placement.place(this.#hash(packets, index)))
    else this.#routeNew(packets, index, place, now)
  }

  /** Removes the entry of a flow that was idle for longer than its time-out. */
  #expire(place: number, now: Nanos): void {
    const entries = this.#entries
    const idle = entries.isTcp(place) ? this.#tcpIdle : this.#otherIdle
    if (entries.has(place) && now - (entries.lastSeen[place] ?? 0) > idle) entries.expire(place)
  }

  /** A packet of a flow with an entry, which is kept, rewritten because its host has left, or ended by a reset. */
  #routeEntry(packets: PacketBatch, index: number, place: number, now: Nanos): void {
    const entries = this.#entries
    const { failover, resetOn } = this.#loadBalancer
    const host = entries.host(place)
    const service = this.#placement.service[host]
    entries.see(place, now)
    if (service === Service.up) {
      packets.host[index] = host
      return
    }
    if (entries.isTcp(place) && (service === Service.crashed ? resetOn.unhealthy : resetOn.deregistration)) {
      if (this.#reset(packets, index, Reason['target unreachable'])) entries.remove(place)
      return
    }
    if (failover === 'no_rebalance') {
      this.#send(packets, index, host)
      return
    }
    const next = this.#placement.place(entries.hash(place) ?? 0)
    if (next >= 0) entries.move(place, next)
    this.#send(packets, index, next)
  }

  /** A packet of a flow without an entry: makes one, unless it is a TCP packet in the middle that must not. */
  #routeNew(packets: PacketBatch, index: number, place: number, now: Nanos): void {
    const entries = this.#entries
    if (this.#tcpMiss !== 'forward' && isTcpMiss(packets, index)) {
      const reason = entries.hasExpired(place) ? Reason['idle timeout'] : Reason['not in flow table']
      if (this.#tcpMiss === 'drop') absorb(packets, index, Verdict.drop, reason)
      else this.#reset(packets, index, reason)
      return
    }
    const hash = entries.hash(place) ?? this.#hash(packets, index)
    const host = this.#placement.place(hash)
    if (host >= 0) {
      entries.open(place, host, isTcpFlow(packets, index), hash, now)
      this.#opened++
    }
    this.#send(packets, index, host)
  }

  #hash(packets: PacketBatch, index: number): number {
    return this.#placement.byHash ? tupleHash(packets, index, this.#seed) : 0
  }

  /** Sends a packet on to a host; absorbs it where there is none (-1) or it has crashed. */
  #send(packets: PacketBatch, index: number, host: number): void {
    if (host >= 0 && this.#placement.service[host] !== Service.crashed) packets.host[index] = host
    else absorb(packets, index, Verdict.drop, Reason['target unreachable'])
  }

  /** Absorbs a packet and answers its sender with a reset, if it is one to answer; whether it was. */
  #reset(packets: PacketBatch, index: number, reason: number): boolean {
    const reset = buildReset(packets, index, 'sender', 'rfc')
    absorb(packets, index, reset === undefined ? Verdict.drop : Verdict.reject, reason)
    if (reset === undefined) return false
    this.#resets++
    packets.emitted.push({
      cause: index,
      kind: 'tcp-rst',
      to: 'sender',
      by: Host.loadBalancer,
      at: packets.time[index] ?? 0,
      link: packets.link[index] ?? 0,
      ...reset,
    })
    return true
  }
}

function absorb(packets: PacketBatch, index: number, verdict: number, reason: number): void {
  decide(packets, index, Host.loadBalancer, verdict, reason)
}

function decide(packets: PacketBatch, index: number, host: number, verdict: number, reason: number): void {
  packets.host[index] = host
  packets.verdict[index] = verdict
  packets.reason[index] = reason
}
