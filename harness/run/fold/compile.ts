import { PacketBatch } from '../../model/batch.ts'
import { Role } from '../../model/codes.ts'
import type { TimelineChunk } from '../../model/timeline.ts'
import { holdBatch } from '../../observe/held.ts'
import { offsetsOf } from '../../plan/folding.ts'
import type { Offer, Offers } from '../offer.ts'
import { type Dress, KEPT_ADDRESSES } from './disguise.ts'
import { type FoldedCase, storeOffer } from './folded-case.ts'
import { mattering } from './happenings.ts'
import type { Playing } from './playing.ts'

/** The packets of all cases of a fold, and what belongs to each case. */
export interface CompiledFold {
  readonly store: PacketBatch
  readonly cases: readonly FoldedCase[]
}

/** Collects everything that the cases offer in this round, case by case, and decides when and with which addresses each is played. */
export async function compileFold(
  playing: readonly Playing[],
  offers: Offers,
  dress: Dress,
): Promise<CompiledFold> {
  const sum = (what: 'packets' | 'bytes') =>
    playing.reduce((total, { entry, rounds }) => total + (rounds === undefined ? entry.facts[what] : 0), 0)
  // How many packets depend on answers is known only after these have been offered.
  const held = new Map<Playing, Offer>()
  let more = 0
  for (const each of playing) {
    if (each.rounds === undefined) continue
    const { test, recorded } = each.entry
    const { offer, packets } = await hold(offers.make(test, recorded, each.rounds))
    held.set(each, offer)
    more += packets
  }
  const store = new PacketBatch(sum('packets') + more, sum('bytes'))
  store.tunnels = playing[0]?.entry.recorded.batch.tunnels ?? store.tunnels
  const cases: Omit<FoldedCase, 'offset'>[] = []
  let flows = 0
  let datagrams = 0
  for (const each of playing) {
    const { test, recorded, facts } = each.entry
    const from = store.count
    const offer = held.get(each) ?? offers.make(test, recorded)
    const stored = await storeOffer(offer, store)
    const { timeline, recorder, path, impact } = offer
    const reaches = (host: number, place: number) => reachesHost(store, from + place, host)
    cases.push({
      test,
      recorded,
      from,
      to: store.count,
      cuts: stored.cuts,
      happenings: mattering(stored.happenings, test.setup, reaches),
      emitted: stored.emitted,
      flows: timeline.flows,
      firstFlow: flows,
      firstDatagram: datagrams,
      phases: timeline.phases,
      recorder,
      addresses: facts.apart === undefined ? dress(timeline.flows, store.tunnels) : KEPT_ADDRESSES,
      loadBalancerCounters: path.counters(),
      impact,
    })
    flows += timeline.flows.count
    datagrams += stored.datagrams
  }
  const offsets = offsetsOf(
    playing.map(({ entry }, index) => ({ ...entry, facts: timed(entry.facts, cases[index], store) })),
  )
  return { store, cases: cases.map((folded, index) => ({ ...folded, offset: offsets[index] ?? 0 })) }
}

/** The facts of a case, with the times of this round. */
function timed(
  facts: Playing['entry']['facts'],
  folded: Pick<FoldedCase, 'from' | 'to'> | undefined,
  { time }: PacketBatch,
): Playing['entry']['facts'] {
  if (folded === undefined || folded.to === folded.from) return facts
  const times = time.subarray(folded.from, folded.to)
  return {
    ...facts,
    begin: times.reduce((first, at) => Math.min(first, at), Number.POSITIVE_INFINITY),
    end: times.reduce((last, at) => Math.max(last, at), Number.NEGATIVE_INFINITY),
  }
}

/** Reads an offer to its end and keeps its chunks. */
async function hold(offer: Offer): Promise<{ readonly offer: Offer; readonly packets: number }> {
  const chunks: TimelineChunk[] = []
  let packets = 0
  for await (const chunk of offer.road) {
    packets += chunk.packets.count
    chunks.push({ packets: holdBatch(chunk.packets), events: [...chunk.events] })
  }
  async function* road(): AsyncGenerator<TimelineChunk> {
    yield* chunks
  }
  return { offer: { ...offer, road: road() }, packets }
}

/** Whether a probe packet from that place of the store on goes to that host. */
function reachesHost({ host: hosts, role, count }: PacketBatch, from: number, host: number): boolean {
  for (let place = from; place < count; place++)
    if (hosts[place] === host && role[place] !== Role.control) return true
  return false
}
