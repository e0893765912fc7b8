import type { PacketBatch } from '../../model/batch.ts'
import { ipBytes } from '../ip-bytes.ts'
import { type Step, Way } from './way.ts'

const NAMES = ['ReceivedPackets', 'ReceivedBytes', 'PassedPackets', 'DroppedPackets'] as const
const Column = { received: 0, bytes: 1, passed: 2, dropped: 3 } as const

/**
 * What AWS publishes for the dimension Engine = Stateless, for each host. A packet received is counted as passed or as dropped, or is
 * forwarded and received by the stateful engine. Custom actions are the metric `Packets` with the dimension CustomAction.
 */
export class StatelessCounters {
  readonly #customs: readonly string[]
  readonly #width: number
  readonly #counts: Float64Array

  constructor(hosts: number, customs: readonly string[]) {
    this.#customs = customs
    this.#width = NAMES.length + customs.length
    this.#counts = new Float64Array(hosts * this.#width)
  }

  count(batch: PacketBatch, index: number, host: number, { way, customs }: Step): void {
    const row = host * this.#width
    this.#add(row + Column.received, 1)
    this.#add(row + Column.bytes, ipBytes(batch, index))
    if (way === Way.pass) this.#add(row + Column.passed, 1)
    else if (way === Way.drop) this.#add(row + Column.dropped, 1)
    for (const custom of customs) this.#add(row + NAMES.length + custom, 1)
  }

  of(host: number): Record<string, number> {
    const names = [
      ...NAMES.map((name) => `Stateless.${name}`),
      ...this.#customs.map((name) => `Stateless.Packets.${name}`),
    ]
    return Object.fromEntries(
      names.map((name, column) => [name, this.#counts[host * this.#width + column] ?? 0]),
    )
  }

  clear(): void {
    this.#counts.fill(0)
  }

  #add(index: number, amount: number): void {
    this.#counts[index] = (this.#counts[index] ?? 0) + amount
  }
}
