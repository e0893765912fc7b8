import { gradeCase } from '../grade/grade.ts'
import type { CounterTally, Session } from '../model/target.ts'
import { dependsOnAnswers, type Fold } from '../plan/folding.ts'
import { messageOf } from '../support/errors.ts'
import { roadBatch } from '../timeline/recorded.ts'
import { errorAttempt } from './attempts.ts'
import { commented } from './evidence/comments.ts'
import { FrameKeeper } from './evidence/keeper.ts'
import { compileFold } from './fold/compile.ts'
import type { Dress } from './fold/disguise.ts'
import type { FoldedCase } from './fold/folded-case.ts'
import { merge } from './fold/merge.ts'
import { FoldObservations } from './fold/observed.ts'
import type { FoldEntry, Playing } from './fold/playing.ts'
import type { Offers } from './offer.ts'
import type { Attempt } from './play.ts'
import { Rounds } from './rounds.ts'

/**
 * Plays folds: each case has its own addresses or its own time, its own grade, and its share of the time taken. Cases that
 * depend on answers are played together, in as many rounds as they need.
 */
export class FoldPlayer {
  readonly #offers: Offers
  readonly #out = roadBatch()
  readonly #keepFrames: boolean

  /** `keepFrames`: for evidence. */
  constructor(offers: Offers, keepFrames = false) {
    this.#offers = offers
    this.#keepFrames = keepFrames
  }

  /** Makes one attempt at each case of a fold, in its order. The session must have their setup. */
  async play(
    fold: Fold<FoldEntry>,
    session: Session,
    signal: AbortSignal,
    dress: Dress,
  ): Promise<readonly Attempt[]> {
    const all = fold.map(
      (entry): Playing => ({
        entry,
        took: 0,
        ...(dependsOnAnswers(entry.test) === undefined ? {} : { rounds: new Rounds() }),
      }),
    )
    for (;;) {
      const open = all.filter(({ attempt }) => attempt === undefined)
      if (open.length === 0) break
      await this.#playRound(open, session, signal, dress)
    }
    return all.map(({ attempt, took }) => ({
      ...(attempt ?? errorAttempt('The case was not played.')),
      durationMs: Math.round(took * 1000) / 1000,
    }))
  }

  async #playRound(
    playing: readonly Playing[],
    session: Session,
    signal: AbortSignal,
    dress: Dress,
  ): Promise<void> {
    const began = performance.now()
    const { store, cases } = await compileFold(playing, this.#offers, dress)
    await session.reset()
    const merged = merge(cases, store, this.#out)
    const observations = new FoldObservations(cases, store, merged)
    const epoch = playing[0]?.entry.recorded.epoch ?? 0n
    async function* chunks() {
      yield* merged.chunks()
    }
    using tapped = this.#keeper(playing, session)?.listen()
    for await (const observed of session.replay({ epoch, phases: ['before'], chunks: chunks() }, signal))
      observations.take(observed)
    for (const [index, folded] of cases.entries()) {
      const each = playing[index]
      if (each === undefined) continue
      const keeper = this.#keeper(playing, session)
      this.#settle(each, folded, index, observations, session.tally?.(), keeper)
      const { attempt } = each
      if (keeper === undefined || tapped === undefined || attempt?.trace === undefined) continue
      const { trace, sightings } = attempt
      const indexOf = (step: number) => folded.recorder.indexOf(step)
      const known = { epoch: folded.recorded.epoch, trace, sightings, indexOf }
      const evidence = () =>
        commented([...keeper.frames, ...observations.framesOf(index, tapped.frames)], known)
      each.attempt = { ...attempt, evidence }
    }
    const took = performance.now() - began
    for (const [index, { from, to }] of cases.entries()) {
      const each = playing[index]
      if (each !== undefined) each.took += (took * (to - from)) / store.count
    }
  }

  #keeper(playing: readonly Playing[], session: Session): FrameKeeper | undefined {
    if (!this.#keepFrames) return undefined
    return new FrameKeeper(session, playing[0]?.entry.test.setup.topology.hosts.length ?? 0)
  }

  /** Grades a case after this round; the result is kept as its attempt if the round stands. */
  #settle(
    playing: Playing,
    folded: FoldedCase,
    index: number,
    observations: FoldObservations,
    tally: CounterTally | undefined,
    keeper: FrameKeeper | undefined,
  ): void {
    const { test, recorded, recorder, flows, phases, loadBalancerCounters } = folded
    const { rounds } = playing
    const controls = this.#offers.controlsOf(test, recorded)
    observations.record(index, (observed, from, to) => {
      rounds?.record(observed, from, to)
      keeper?.record(observed, from, to)
      controls.record(observed, from, to)
      for (let place = from; place < to; place++) tally?.count(observed.packets, place)
    })
    try {
      if (rounds?.settled() === false) return
    } catch (thrown) {
      playing.attempt = errorAttempt(messageOf(thrown))
      return
    }
    const trace = recorder.trace(flows, phases, controls)
    const beside = recorder.beside()
    const { sightings } = beside
    // Other counters of the device count all cases together.
    const counters = [...(tally?.read() ?? test.setup.topology.hosts.map(() => ({}))), loadBalancerCounters]
    const impact = folded.impact()
    const { flow, expectations } = test
    const grade = gradeCase({ flow, expectations, trace, counters, impact, sightings })
    playing.attempt = { ...grade, counters, ...beside, trace, ...(impact === undefined ? {} : { impact }) }
  }
}
