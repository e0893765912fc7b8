import { NANOS_PER_SECOND, PacketBatch } from '../model/batch.ts'
import { Host, nameOf, Reason, Role, Tcp, Verdict } from '../model/codes.ts'
import type { LoadBalancer, Topology } from '../model/setup.ts'
import type { HostEvent, TimedEvent } from '../model/timeline.ts'
import { decodeBatch } from '../wire/decode.ts'
import { ethernet, icmp, ipv4, ipv6, tcp } from '../wire/example-frames.test.ts'
import { Protocol } from '../wire/numbers.ts'
import { emitUdp } from '../wire/udp.ts'
import { LoadBalancerPath } from './load-balancer.ts'

export const HOSTS = ['fw-a', 'fw-b', 'fw-c']
const SEED = 7

/** Two ends' packets through one load balancer, one at a time: what the tests of this folder build and read. */
export interface Offer {
  /** Seconds. */
  readonly at: number
  /** Of one flow; also the client's port, from 40000. */
  readonly flow?: number
  readonly direction?: 0 | 1
  readonly is?: 'tcp' | 'tcp6' | 'udp' | 'unreachable' | 'fragment' | 'fragment6'
  readonly flags?: number
  readonly role?: number
}

export const NO_RESETS = { idle: false, unhealthy: false, deregistration: false }

export function topology(knobs: Partial<LoadBalancer> = {}): Topology {
  return {
    hosts: HOSTS,
    loadBalancer: {
      placement: 'first',
      tcpIdle: 350,
      otherIdle: 120,
      nonSynMiss: 'forward',
      failover: 'rebalance',
      resetOn: NO_RESETS,
      ...knobs,
    },
    sharing: { kind: 'none' },
  }
}

/** A batch of the packets offered, decoded, with flow and direction as given and stale answers in the columns of path/. */
export function batchOfOffers(offers: readonly Offer[]): PacketBatch {
  const frames = offers.map((offer) => ethernet(packetOf(offer)))
  const batch = new PacketBatch(
    Math.max(1, offers.length),
    frames.reduce((sum, { bytes }) => sum + bytes.length, 0),
  )
  let at = 0
  offers.forEach((offer, i) => {
    const frame = frames[i]
    if (frame === undefined) return
    batch.bytes.set(frame.bytes, at)
    batch.start[i] = at
    batch.captured[i] = frame.bytes.length
    batch.original[i] = frame.bytes.length
    batch.link[i] = frame.link
    batch.number[i] = i + 1
    batch.time[i] = offer.at * NANOS_PER_SECOND
    at += frame.bytes.length
  })
  batch.count = offers.length
  decodeBatch(batch)
  offers.forEach((offer, i) => {
    batch.flow[i] = offer.flow ?? 0
    batch.direction[i] = offer.direction ?? 0
    batch.role[i] = offer.role ?? Role.probe
  })
  batch.host.fill(Host.unknown)
  return batch
}

function packetOf({ flow = 0, direction = 0, is = 'tcp', flags = Tcp.ack }: Offer): Uint8Array {
  const client = 40_000 + Math.max(0, flow)
  const [sourcePort, destinationPort] = direction === 0 ? [client, 80] : [80, client]
  const ends = direction === 0 ? {} : { source: SERVER, destination: CLIENT }
  if (is === 'tcp') return ipv4(Protocol.tcp, tcp({ sourcePort, destinationPort, flags }), ends)
  if (is === 'tcp6') return ipv6(Protocol.tcp, tcp({ sourcePort, destinationPort, flags }))
  if (is === 'fragment6') return ipv6(Protocol.tcp, new Uint8Array(24), Protocol.fragment, LATER_FRAGMENT)
  if (is === 'unreachable') return ipv4(Protocol.icmp, icmp(3, 1, new Uint8Array(28)), ends)
  const segment = new Uint8Array(8)
  emitUdp({ sourcePort, destinationPort, payloadLength: 0 }, segment, 0)
  if (is === 'udp') return ipv4(Protocol.udp, segment, ends)
  return ipv4(Protocol.tcp, new Uint8Array(24), { ...ends, fragmentOffset: 8 })
}

const CLIENT = Uint8Array.of(192, 0, 2, 10)
/** IPv6's fragment header: TCP, 64 bytes into the datagram. */
const LATER_FRAGMENT = Uint8Array.of(Protocol.tcp, 0, 0, 64, 0, 0, 0, 1)
const SERVER = Uint8Array.of(198, 51, 100, 80)

/** Offers packets one by one and answers in words: `fw-a`, `bypass`, `drop not in flow table`, … */
export class Road {
  readonly path: LoadBalancerPath
  /** Resets sent so far: the sequence number of each. */
  readonly resets: number[] = []

  constructor(knobs: Partial<LoadBalancer> = {}) {
    this.path = new LoadBalancerPath(topology(knobs), SEED)
  }

  offer(offer: Offer): string {
    const packets = batchOfOffers([offer])
    this.path.assign({ packets, events: [] })
    for (const { seq } of packets.emitted) this.resets.push(seq)
    return answerOf(packets, 0)
  }

  /** Applies an event; answers the host that it was resolved to. */
  event(event: HostEvent, at = 0): string {
    const events: TimedEvent[] = [{ before: 0, at: at * NANOS_PER_SECOND, event }]
    const [resolved] = this.path.assign({ packets: batchOfOffers([]), events })
    if (resolved === undefined || !('host' in resolved.event)) return ''
    return HOSTS[resolved.event.host] ?? ''
  }
}

/** A road whose flow 0 was opened at 0 s and so is with fw-a. */
export function opened(knobs: Partial<LoadBalancer> = {}): Road {
  const road = new Road(knobs)
  road.offer({ at: 0, flags: Tcp.syn })
  return road
}

/** Where a packet went, or what became of it. */
export function answerOf(packets: PacketBatch, index: number): string {
  const host = packets.host[index] ?? Host.unknown
  const verdict = nameOf(Verdict, packets.verdict[index] ?? 0)
  const reason = nameOf(Reason, packets.reason[index] ?? 0)
  if (host === Host.loadBalancer) return `${verdict} ${reason}`
  if (host === Host.path) return `path ${verdict} ${reason}`
  if (host === Host.bypass) return `bypass ${verdict} ${reason}`
  return HOSTS[host] ?? nameOf(Host, host)
}
