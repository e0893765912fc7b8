import { gradeCase } from '../grade/grade.ts'
import { PacketBatch } from '../model/batch.ts'
import { Role } from '../model/codes.ts'
import type { CounterTally, Session } from '../model/target.ts'
import { type Fold, type Foldable, offsetsOf } from '../plan/folding.ts'
import { type Recorded, roadBatch } from '../timeline/recorded.ts'
import { commented } from './evidence/comments.ts'
import { FrameKeeper } from './evidence/keeper.ts'
import type { Dress } from './fold/disguise.ts'
import { type FoldedCase, storeOffer } from './fold/folded-case.ts'
import { mattering } from './fold/happenings.ts'
import { merge } from './fold/merge.ts'
import { FoldObservations } from './fold/observed.ts'
import type { Offers } from './offer.ts'
import type { Attempt } from './play.ts'

/** A case of a fold, with its capture. */
export interface FoldEntry extends Foldable {
  readonly recorded: Recorded
}

/** Plays folds: each case has its own addresses, its own grade, and its share of the time that it took. */
export class FoldPlayer {
  readonly #offers: Offers
  readonly #out = roadBatch()
  readonly #keepFrames: boolean

  /** `keepFrames`: for evidence. */
  constructor(offers: Offers, keepFrames = false) {
    this.#offers = offers
    this.#keepFrames = keepFrames
  }

  /** One attempt at each case of a fold, in its order. The session must have their setup. */
  async play(
    fold: Fold<FoldEntry>,
    session: Session,
    signal: AbortSignal,
    dress: Dress,
  ): Promise<readonly Attempt[]> {
    const began = performance.now()
    const { store, cases } = await this.#compile(fold, dress)
    await session.reset()
    const merged = merge(cases, store, this.#out)
    const observations = new FoldObservations(cases, store, merged)
    const epoch = fold[0]?.recorded.epoch ?? 0n
    async function* chunks() {
      yield* merged.chunks()
    }
    using tapped = this.#keeper(fold, session)?.listen()
    for await (const observed of session.replay({ epoch, phases: ['before'], chunks: chunks() }, signal))
      observations.take(observed)
    const attempts = cases.map((folded, index) => {
      const keeper = this.#keeper(fold, session)
      const { indexOf, ...attempt } = this.#grade(folded, index, observations, session.tally?.(), keeper)
      if (keeper === undefined || tapped === undefined) return attempt
      const { trace, sightings } = attempt
      const known = { epoch: folded.recorded.epoch, trace, sightings, indexOf }
      const evidence = () =>
        commented([...keeper.frames, ...observations.framesOf(index, tapped.frames)], known)
      return { ...attempt, evidence }
    })
    const took = performance.now() - began
    return attempts.map((attempt, index) => {
      const { from = 0, to = 0 } = cases[index] ?? {}
      return { ...attempt, durationMs: Math.round((took * (to - from) * 1000) / store.count) / 1000 }
    })
  }

  #keeper(fold: Fold<FoldEntry>, session: Session): FrameKeeper | undefined {
    if (!this.#keepFrames) return undefined
    return new FrameKeeper(session, fold[0]?.test.setup.topology.hosts.length ?? 0)
  }

  async #compile(
    fold: Fold<FoldEntry>,
    dress: Dress,
  ): Promise<{ store: PacketBatch; cases: readonly FoldedCase[] }> {
    const sum = (what: 'packets' | 'bytes') => fold.reduce((total, { facts }) => total + facts[what], 0)
    const store = new PacketBatch(sum('packets'), sum('bytes'))
    store.tunnels = fold[0]?.recorded.batch.tunnels ?? store.tunnels
    const offsets = offsetsOf(fold)
    const cases: FoldedCase[] = []
    let flows = 0
    let datagrams = 0
    for (const [index, { test, recorded }] of fold.entries()) {
      const from = store.count
      const offer = this.#offers.make(test, recorded)
      const stored = await storeOffer(offer, store)
      const { timeline, recorder, path } = offer
      const reaches = (host: number, place: number) => reachesHost(store, from + place, host)
      cases.push({
        test,
        recorded,
        from,
        to: store.count,
        cuts: stored.cuts,
        offset: offsets[index] ?? 0,
        happenings: mattering(stored.happenings, test.setup, reaches),
        emitted: stored.emitted,
        flows: timeline.flows,
        firstFlow: flows,
        firstDatagram: datagrams,
        phases: timeline.phases,
        recorder,
        addresses: dress(timeline.flows, store.tunnels),
        loadBalancerCounters: path.counters(),
      })
      flows += timeline.flows.count
      datagrams += stored.datagrams
    }
    return { store, cases }
  }

  #grade(
    folded: FoldedCase,
    index: number,
    observations: FoldObservations,
    tally: CounterTally | undefined,
    keeper: FrameKeeper | undefined,
  ) {
    const { test, recorded, recorder, flows, phases, loadBalancerCounters } = folded
    const controls = this.#offers.controlsOf(test, recorded)
    observations.record(index, (observed, from, to) => {
      keeper?.record(observed, from, to)
      controls.record(observed, from, to)
      for (let place = from; place < to; place++) tally?.count(observed.packets, place)
    })
    const trace = recorder.trace(flows, phases, controls)
    const beside = recorder.beside()
    // Others of the device's are of all cases together.
    const counters = [...(tally?.read() ?? test.setup.topology.hosts.map(() => ({}))), loadBalancerCounters]
    const grade = gradeCase({
      flow: test.flow,
      expectations: test.expectations,
      trace,
      counters,
      impact: undefined,
      sightings: beside.sightings,
    })
    return { ...grade, counters, ...beside, trace, indexOf: (step: number) => recorder.indexOf(step) }
  }
}

/** Whether a probe packet goes to that host, from that place of the store on. */
function reachesHost({ host: hosts, role, count }: PacketBatch, from: number, host: number): boolean {
  for (let place = from; place < count; place++)
    if (hosts[place] === host && role[place] !== Role.control) return true
  return false
}
