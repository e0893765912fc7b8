import { NANOS_PER_SECOND, type Nanos, type PacketBatch } from '../../model/batch.ts'
import type { ClusterSharing } from '../../model/setup.ts'
import { clusterModel } from '../../profile/cisco-cluster.ts'
import { datagramEnd } from '../../wire/ip.ts'

const LINK_HEADERS = clusterModel.linkOverhead.value
const GENEVE_HEADERS = clusterModel.geneveOverhead.value

/** Delays and size limits of the cluster control link and of the interfaces to the load balancer. */
export class Links {
  /** The delay from one node to another over the cluster control link. */
  readonly latency: Nanos
  readonly #mostToNode: number
  readonly #mostBetween: number

  constructor({ rtt, linkMtu, geneveMtu }: ClusterSharing) {
    this.latency = (rtt * NANOS_PER_SECOND) / 2
    this.#mostToNode = geneveMtu === undefined ? Infinity : geneveMtu - GENEVE_HEADERS
    // Packets that came in GENEVE cross the link in GENEVE.
    const inside = geneveMtu === undefined ? 0 : GENEVE_HEADERS
    this.#mostBetween = linkMtu === undefined ? Infinity : linkMtu - LINK_HEADERS - inside
  }

  /** Whether a packet is short enough to come from the load balancer to a node. */
  reachesNode(packets: PacketBatch, index: number): boolean {
    return this.#mostToNode === Infinity || ipLength(packets, index) <= this.#mostToNode
  }

  /** Whether a packet is short enough to be sent on from node to node. */
  carries(packets: PacketBatch, index: number): boolean {
    return this.#mostBetween === Infinity || ipLength(packets, index) <= this.#mostBetween
  }
}

function ipLength({ bytes, l3 }: PacketBatch, index: number): number {
  const at = l3[index] ?? -1
  return at < 0 ? 0 : datagramEnd(bytes, at) - at
}
