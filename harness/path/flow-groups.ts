import type { PacketBatch } from '../model/batch.ts'
import { MOST_FLOWS } from '../model/flow-place.ts'
import type { Stickiness } from '../model/setup.ts'
import { addressLength, destinationAt, sourceAt } from '../wire/ip.ts'
import { isAboutFlow, protocolOf } from './packet.ts'

/**
 * The load balancer's flows if these are wider than a connection: everything between two addresses, or everything of one
 * protocol between them. A group has a number, like a flow.
 */
export class FlowGroups {
  readonly #protocol: boolean
  readonly #groups = new Map<string, number>()
  /** By place of a flow: the flow last seen there, and its group. */
  readonly #known = new Map<number, { readonly flow: number; readonly group: number }>()
  #next = 0

  constructor(stickiness: Exclude<Stickiness, '5-tuple'>) {
    this.#protocol = stickiness === '3-tuple'
  }

  /** The group of a packet of a flow; -1 for an ICMP error about a flow without a group. */
  of(packets: PacketBatch, index: number, flow: number): number {
    const known = this.known(flow)
    if (known >= 0) return known
    if (isAboutFlow(packets, index)) return -1
    const key = this.#keyOf(packets, index)
    let group = this.#groups.get(key)
    if (group === undefined) {
      group = this.#next++
      this.#groups.set(key, group)
      // As many as there are places for entries; the oldest is forgotten, like its entry.
      if (this.#groups.size > MOST_FLOWS)
        for (const [oldest] of this.#groups) if (this.#groups.delete(oldest)) break
    }
    this.#known.set(flow & (MOST_FLOWS - 1), { flow, group })
    return group
  }

  /** -1: no packet of the flow has come. */
  known(flow: number): number {
    const known = this.#known.get(flow & (MOST_FLOWS - 1))
    return known?.flow === flow ? known.group : -1
  }

  reset(): void {
    this.#groups.clear()
    this.#known.clear()
    this.#next = 0
  }

  #keyOf(packets: PacketBatch, index: number): string {
    const { bytes, l3 } = packets
    const at = l3[index] ?? -1
    if (at < 0) return ''
    const length = addressLength(bytes, at)
    const ends = [sourceAt(bytes, at), destinationAt(bytes, at)].map((end) =>
      bytes.subarray(end, end + length).join('.'),
    )
    const protocol = this.#protocol ? protocolOf(packets, index) : ''
    return `${ends.sort().join(' ')} ${protocol}`
  }
}
