import { NANOS_PER_SECOND, type Nanos, type PacketBatch } from '../../model/batch.ts'
import type { Sharing } from '../../model/setup.ts'
import type { MakeSharing, SessionTables, SharingModel, TableSnapshot } from '../../model/sharing.ts'
import type { HostEvent } from '../../model/timeline.ts'
import { InFlight } from '../in-flight.ts'

type Options = Extract<Sharing, { kind: 'replication' }>

/**
 * AWS: what is left in a draining host's table is exported, and replicated to the hosts in service before its flows are
 * flushed to them (AWS Network Firewall, session state replication). A crash exports nothing. Whether anything is
 * replicated before a drain is not documented; mode `continuous` streams every change, which arrives `lag` later.
 */
class Replication implements SharingModel {
  readonly watchesPackets: boolean
  readonly pending = undefined
  readonly #tables: SessionTables
  readonly #lag: Nanos
  readonly #updates = new InFlight()
  /** By host: its latest export. */
  readonly #exported = new Map<number, TableSnapshot>()
  /** Flows whose sessions are lost on the way; -1: all. */
  readonly #lost = new Set<number>()

  constructor({ mode, lag }: Options, tables: SessionTables) {
    this.#tables = tables
    this.#lag = lag * NANOS_PER_SECOND
    this.watchesPackets = mode === 'continuous'
  }

  arrive(packets: PacketBatch, index: number, host: number): number {
    this.#deliver(packets.time[index] ?? 0)
    return host
  }

  decided(packets: PacketBatch, index: number, host: number): void {
    const flow = packets.flow[index] ?? -1
    const at = packets.time[index] ?? 0
    if (flow < 0 || this.#isLost(flow)) return
    const session = this.#tables.read(host, flow, at)
    if (session === undefined) return
    const due = at + this.#lag
    for (const to of this.#others(host)) this.#updates.send({ due, from: host, to, flow, session })
  }

  apply(event: HostEvent, at: Nanos): void {
    this.#deliver(at)
    if (event.kind === 'export') this.#export(event.host, at)
    else if (event.kind === 'replicate') this.#replicate(event.host, at)
    else if (event.kind === 'drain' && event.outage === undefined) {
      this.#export(event.host, at)
      this.#replicate(event.host, at)
    } else if (event.kind === 'lose-replicas') this.#lost.add(event.flow)
    // What a crashed host had not sent yet is lost with it.
    else if (event.kind === 'crash') this.#updates.lose(event.host)
  }

  reset(): void {
    this.#updates.clear()
    this.#exported.clear()
    this.#lost.clear()
  }

  #export(host: number, at: Nanos): void {
    this.#exported.set(host, this.#tables.snapshot(host, at))
  }

  #replicate(host: number, at: Nanos): void {
    const exported = this.#exported.get(host)
    if (exported === undefined) return
    for (const other of this.#others(host))
      this.#tables.restore(other, exported, at, (flow) => this.#isLost(flow))
    this.#exported.delete(host)
  }

  #deliver(now: Nanos): void {
    for (let update = this.#updates.take(now); update !== undefined; update = this.#updates.take(now)) {
      const { due, to, flow, session } = update
      if (session instanceof Uint8Array) this.#tables.write(to, flow, session, due)
    }
  }

  #others(host: number): readonly number[] {
    return this.#tables.inService().filter((other) => other !== host)
  }

  #isLost(flow: number): boolean {
    return this.#lost.has(flow) || this.#lost.has(-1)
  }
}

export function replication(options: Options): MakeSharing {
  return (tables) => new Replication(options, tables)
}
