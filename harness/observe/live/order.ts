import type { PacketBatch } from '../../model/batch.ts'
import { Host, Kind, Role, Verdict } from '../../model/codes.ts'
import type { Roads } from './roads.ts'
import type { SentPackets } from './sent.ts'

/**
 * Keeps what depends on each other in order at hosts that take what comes by their two arms side by side: a packet is only sent once
 * those of its flow that went in by the other arm have been taken. What is neither TCP nor UDP, an ICMP error say, may be about any.
 */
export class Order {
  readonly #sent: SentPackets
  readonly #roads: Roads
  /** By road: the last packet of each flow, the last of all, and the last that may be about any flow. */
  readonly #ofFlow: readonly Map<number, number>[]
  readonly #last: Float64Array
  readonly #ofAny: Float64Array

  constructor(sent: SentPackets, roads: Roads, count: number) {
    this.#sent = sent
    this.#roads = roads
    this.#ofFlow = Array.from({ length: count }, () => new Map<number, number>())
    this.#last = new Float64Array(count).fill(-1)
    this.#ofAny = new Float64Array(count).fill(-1)
  }

  /** Number of the packet that its host must have taken before packet `i` is sent; -1: none. */
  awaited(batch: PacketBatch, i: number): number {
    const host = batch.host[i] ?? Host.unknown
    if (host >= Host.unknown || batch.role[i] === Role.control) return -1
    const other = roadOf(batch, i) ^ 1
    const flow = this.#ofFlow[other]?.get(batch.flow[i] ?? -1) ?? -1
    const number = isOfFlow(batch, i) ? Math.max(flow, this.#ofAny[other] ?? -1) : (this.#last[other] ?? -1)
    if (number < 0 || this.#sent.state[this.#sent.slot(number)] !== Verdict.undecided) return -1
    return this.#roads.isProved(other, number) ? -1 : number
  }

  /** Takes note of packet `i`, which has just become number `number`. */
  note(batch: PacketBatch, i: number, number: number): void {
    if (batch.role[i] === Role.control) return
    const road = roadOf(batch, i)
    this.#last[road] = number
    if (isOfFlow(batch, i)) this.#ofFlow[road]?.set(batch.flow[i] ?? -1, number)
    else this.#ofAny[road] = number
  }

  /** Packets are numbered from 0 again. */
  clear(): void {
    for (const flows of this.#ofFlow) flows.clear()
    this.#last.fill(-1)
    this.#ofAny.fill(-1)
  }
}

function roadOf(batch: PacketBatch, i: number): number {
  return (batch.host[i] ?? 0) * 2 + (batch.direction[i] ?? 0)
}

function isOfFlow(batch: PacketBatch, i: number): boolean {
  const kind = batch.kind[i] ?? Kind.other
  return kind >= Kind.tcp4 && kind <= Kind.udp6
}
