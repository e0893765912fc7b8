import { NANOS_PER_SECOND, type PacketBatch } from '../model/batch.ts'
import { Reason } from '../model/codes.ts'
import type { LoadBalancer } from '../model/setup.ts'
import { GENEVE_OVERHEAD } from '../wire/tunnel/gateway-marks.ts'
import { absorb, lose } from './answer.ts'
import { HostInterfaces } from './host-interfaces.ts'
import { ipLength } from './packet.ts'
import type { Placement } from './placement.ts'

/** The way from the load balancer to a host, on which packets may be lost. */
export class Delivery {
  /** Whether it must be asked about every packet. */
  readonly asks: boolean
  readonly #placement: Placement
  readonly #interfaces: HostInterfaces | undefined
  /** Bytes of the largest IP packet that gets through. */
  readonly #most: number

  constructor(placement: Placement, { hostTcpEstablished, hostMtu }: LoadBalancer) {
    this.asks = hostTcpEstablished !== undefined || hostMtu !== undefined
    this.#placement = placement
    this.#interfaces =
      hostTcpEstablished === undefined ? undefined : new HostInterfaces(hostTcpEstablished * NANOS_PER_SECOND)
    this.#most = hostMtu === undefined ? Number.POSITIVE_INFINITY : hostMtu - GENEVE_OVERHEAD
  }

  /** Sends a packet to a host; absorbs it if there is none (-1). `place`: that of its flow's entry; -1: no entry. */
  send(packets: PacketBatch, index: number, place: number, host: number): void {
    if (host < 0) absorb(packets, index, Reason['target unreachable'])
    else if (this.asks && ipLength(packets, index) > this.#most)
      lose(packets, index, Reason['packet too big'])
    else if (this.#placement.isDead(host)) this.#toTheDead(packets, index, host)
    else if (place >= 0 && this.#interfaces?.admits(packets, index, place, host) === false)
      lose(packets, index, Reason['target unreachable'])
    else packets.host[index] = host
  }

  reset(): void {
    this.#interfaces?.reset()
  }

  /** The load balancer still sends packets to a host whose failure it has not noticed. */
  #toTheDead(packets: PacketBatch, index: number, host: number): void {
    if (this.#placement.isHealthy(host, packets.time[index] ?? 0))
      lose(packets, index, Reason['target unreachable'])
    else absorb(packets, index, Reason['target unreachable'])
  }
}
