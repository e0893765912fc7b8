import { gradeCase } from '../grade/grade.ts'
import type { Evidence } from '../log/evidence.ts'
import type { Case } from '../model/case.ts'
import type { CaseFinished, CaseSummary } from '../model/run-log.ts'
import type { ObservationBatch, Session } from '../model/target.ts'
import type { Recorded } from '../timeline/recorded.ts'
import { commented } from './evidence/comments.ts'
import { FrameStores } from './evidence/frame-store.ts'
import { FrameKeeper } from './evidence/keeper.ts'
import type { Dress } from './fold/disguise.ts'
import { disguised, undisguised } from './fold/disguised.ts'
import { Offers } from './offer.ts'

export type Attempt = Omit<CaseFinished, 'type' | 'case' | 'target' | 'attempt' | 'evidence'> & {
  /** Its frames, if they were kept. */
  readonly evidence?: () => Evidence
}

/** Plays cases one after another through sessions. */
export class CasePlayer {
  readonly #offers: Offers
  readonly #keepFrames: boolean
  readonly #stores = new FrameStores()

  /** `keepFrames`: attempts have `evidence`. */
  constructor(seed: number, keepFrames = false, offers = new Offers(seed)) {
    this.#offers = offers
    this.#keepFrames = keepFrames
  }

  /** Frees the frames of earlier attempts, whose evidence must not be asked for any more. */
  forget(): void {
    this.#stores.release()
  }

  /**
   * One attempt at a case: compile, send, observe, grade, in as many rounds as its guards need. The session must be prepared for the case's
   * setup. `dress`: replaces the addresses of the capture.
   */
  async play(
    test: Case,
    recorded: Recorded,
    session: Session,
    signal: AbortSignal,
    dress?: Dress,
  ): Promise<Attempt> {
    const { rounds } = this.#offers
    rounds.reset()
    for (;;) {
      const attempt = await this.#playRound(test, recorded, session, signal, dress)
      if (rounds.settled()) return attempt
    }
  }

  async #playRound(
    test: Case,
    recorded: Recorded,
    session: Session,
    signal: AbortSignal,
    dress?: Dress,
  ): Promise<Attempt> {
    const began = performance.now()
    const { rounds } = this.#offers
    const offer = this.#offers.make(test, recorded)
    const { timeline, steps, path, recorder, controls, impact: felt } = offer
    const { epoch, phases } = timeline
    const addresses = dress?.(timeline.flows, recorded.batch.tunnels)
    await session.reset()
    using keeper = this.#keepFrames
      ? new FrameKeeper(session, test.setup.topology.hosts.length, this.#stores.take()).listen()
      : undefined

    const take = (seen: ObservationBatch): void => {
      const observed = addresses === undefined ? seen : undisguised(seen, addresses)
      rounds.record(observed)
      controls.record(observed)
      recorder.record(observed)
      keeper?.record(seen)
    }
    if (steps !== undefined && addresses === undefined && session.answer !== undefined) {
      for (const chunk of steps) {
        signal.throwIfAborted()
        const answered = session.answer(chunk, epoch)
        take(answered instanceof Promise ? await answered : answered)
      }
    } else {
      const chunks = addresses === undefined ? offer.road : disguised(offer.road, addresses)
      for await (const seen of session.replay({ epoch, phases, chunks }, signal)) take(seen)
    }

    const trace = recorder.trace(timeline.flows, phases, controls)
    const counters = [...(await session.counters()), path.counters()]
    const impact = felt()
    const beside = recorder.beside()
    const { sightings } = beside
    const { flow, expectations } = test
    const grade = gradeCase({ flow, expectations, trace, counters, impact, sightings })
    const durationMs = Math.round((performance.now() - began) * 1000) / 1000
    const known = { epoch, trace, sightings, indexOf: (step: number) => recorder.indexOf(step) }
    const { outcome, detail, tally, mismatches } = grade
    // Fields are named one by one: V8 takes microseconds for each key that follows a leading spread.
    return {
      outcome,
      ...(detail === undefined ? {} : { detail }),
      tally,
      mismatches,
      durationMs,
      counters,
      ...beside,
      trace,
      ...(impact === undefined ? {} : { impact }),
      ...(keeper === undefined ? {} : { evidence: () => commented(keeper.frames, known) }),
    }
  }
}

/** What the run log records about the case itself. */
export function summaryOf(test: Case): CaseSummary {
  const { name, suite, file, line, rows, tags, requirement, axes, flow, endpoints, expectations } = test
  const { key, topology, policy, profile } = test.setup
  return {
    name,
    suite,
    file,
    line,
    rows,
    tags,
    requirement,
    axes,
    flow,
    endpoints,
    expectations,
    capture: test.capture,
    policy: policy.exception,
    profile,
    sharing: topology.sharing.kind,
    injections: test.injections,
    setup: key,
  }
}
