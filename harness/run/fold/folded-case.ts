import type { Emitted, Nanos, PacketBatch, Rebuilt } from '../../model/batch.ts'
import type { Case } from '../../model/case.ts'
import { Host, Role, Verdict } from '../../model/codes.ts'
import { appendPacket } from '../../timeline/append.ts'
import type { TimelineFlows } from '../../timeline/flows.ts'
import type { Recorded } from '../../timeline/recorded.ts'
import type { Offer } from '../offer.ts'
import type { TraceRecorder } from '../recorder.ts'
import type { CaseAddresses } from './case-addresses.ts'
import type { Happening } from './happenings.ts'

/** One case of a fold: where its packets are in the fold's store, and how its observations are restored. */
export interface FoldedCase {
  readonly test: Case
  readonly recorded: Recorded
  /** Its packets are `from` … `to`-1 of the store, as in the capture. */
  readonly from: number
  readonly to: number
  /** The ends of its chunks, in order; the packets of a chunk are either all controls or all not. */
  readonly cuts: readonly number[]
  /** How much later than compiled it is played. */
  readonly offset: Nanos
  readonly happenings: readonly Happening[]
  /** What the load balancer sent; causes are places in the store. */
  readonly emitted: readonly Emitted[]
  readonly flows: TimelineFlows
  /** Added to its flow ids in the fold, and to the numbers of its datagrams. */
  readonly firstFlow: number
  readonly firstDatagram: number
  readonly phases: readonly string[]
  readonly recorder: TraceRecorder
  /** The addresses of its packets in the fold, and how emitted packets get those of the capture back. */
  readonly addresses: Pick<CaseAddresses, 'rewrite' | 'restoreEmitted'>
  readonly loadBalancerCounters: Readonly<Record<string, number>>
  /** With reactive endpoints. */
  readonly impact: Offer['impact']
}

/** The result of putting the packets of an offer into the store. */
export interface Stored {
  readonly cuts: readonly number[]
  readonly happenings: readonly Happening[]
  readonly emitted: readonly Emitted[]
  /** One more than the highest number of a datagram. */
  readonly datagrams: number
}

/** Puts everything that is offered into the store, which must have room for it. */
export async function storeOffer({ road }: Offer, store: PacketBatch): Promise<Stored> {
  const first = store.count
  const cuts: number[] = []
  const happenings: Happening[] = []
  const emitted: Emitted[] = []
  let datagrams = 0
  for await (const { packets, events } of road) {
    const base = store.count
    for (const { before, at, event } of events) happenings.push({ before: base - first + before, at, event })
    for (let i = 0; i < packets.count; i++) {
      appendPacket(store, packets, i)
      place(store, base + i, packets, i)
      datagrams = Math.max(datagrams, (packets.datagram[i] ?? -1) + 1)
    }
    for (const each of packets.emitted) emitted.push({ ...each, cause: base + each.cause })
    for (const each of packets.rebuilt)
      store.rebuilt.push({ ...each, index: base + each.index } satisfies Rebuilt)
    if (packets.count > 0) cuts.push(store.count)
  }
  return { cuts, happenings, emitted, datagrams }
}

/** Copies the columns from timeline/ on; verdicts only if the load balancer gave them. */
function place(store: PacketBatch, n: number, from: PacketBatch, i: number): void {
  const host = from.host[i] ?? Host.unknown
  const control = from.role[i] === Role.control
  const decided = !control && host > Host.unknown
  store.step[n] = from.step[i] ?? -1
  store.phase[n] = from.phase[i] ?? 0
  store.role[n] = from.role[i] ?? 0
  store.host[n] = host
  store.verdict[n] = decided ? (from.verdict[i] ?? 0) : Verdict.undecided
  store.reason[n] = decided ? (from.reason[i] ?? 0) : 0
}
