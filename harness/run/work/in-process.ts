import type { Case } from '../../model/case.ts'
import type { CaseFinished, Outcome } from '../../model/run-log.ts'
import type { Session, Target } from '../../model/target.ts'
import { type KnownFailures, NO_KNOWN_FAILURES } from '../../plan/known-failures.ts'
import { NEEDS_A_LOOK } from '../../report/outcomes.ts'
import { Breath } from '../../support/breath.ts'
import { attemptAll, errorAttempt, type Judged, judge } from '../attempts.ts'
import type { CaptureStore } from '../captures.ts'
import { type CollectOptions, collect } from '../collect.ts'
import { type EvidenceOptions, type PlayedOn, withEvidence } from '../evidence/evidence.ts'
import { summaryOf } from '../play.ts'
import { ReplayPlayer } from '../replay-player.ts'
import type { ReplayEntry } from '../target-plan.ts'
import { casesOf, type Lot, type LotEvent, type LotPlayer, type TakeLotEvent } from './lot.ts'
import { ProvenSession } from './proven-session.ts'
import type { Surveys } from './surveys.ts'

/** How cases are played, whoever plays them. */
export interface PlayOptions {
  readonly captures: CaptureStore
  readonly seed: number
  /** How often each case is played; 1 or more. */
  readonly repeat: number
  /** Further attempts at a case that did not pass; if one differs, the case is flaky. */
  readonly retries: number
  /** Stop at the first replay with a case that fails. */
  readonly bail: boolean
  readonly knownFailures: KnownFailures
  /** Absent: no evidence is kept. */
  readonly evidence?: EvidenceOptions | undefined
  /** Where reports of devices about failed replays are stored; absent: devices are not asked. */
  readonly collect?: CollectOptions
}

/** Outcomes at which a run with `bail` stops. */
export const BAD: ReadonlySet<Outcome> = new Set<Outcome>(['fail', 'error'])

/** A target, and what plans have found out about its cases. */
export interface PlayedTarget {
  readonly target: Target
  readonly surveys: Surveys
}

/** A target that has been set to a setup. */
interface Prepared {
  readonly target: Target
  readonly surveys: Surveys
  readonly player: ReplayPlayer
  readonly proven: ProvenSession
}

/** Plays lots in this process, one after another. One session is open at a time, as long as lots have its target and setup. */
export class InProcessPlayer implements LotPlayer {
  readonly targets: readonly string[]
  readonly #options: PlayOptions
  readonly #targets: ReadonlyMap<string, PlayedTarget>
  readonly #players = new Map<string, ReplayPlayer>()
  readonly #breath = new Breath()
  #prepared: Prepared | undefined

  constructor(targets: readonly PlayedTarget[], options: PlayOptions) {
    this.targets = targets.map(({ target }) => target.name)
    this.#targets = new Map(targets.map((played) => [played.target.name, played]))
    this.#options = options
  }

  async play(lot: Lot, signal: AbortSignal, take: TakeLotEvent): Promise<void> {
    const prepared = await this.#prepare(lot, signal)
    if (prepared === undefined) return
    const { proven, surveys, target } = prepared
    const ready = await proven.prove(signal)
    if (ready !== undefined) await take(ready)
    let isBad = false
    for (const [at, replay] of lot.replays.entries()) {
      const { session } = proven
      if (session === undefined) return this.#fail(lot, at, prepared, signal, take)
      await this.#breath.take()
      if (signal.aborted) return
      prepared.player.forget()
      const entries = await surveys.entriesOf(casesOf(lot, replay))
      const { played, problem, collected, warnings } = await this.#replay(
        entries,
        prepared.player,
        session,
        signal,
      )
      for (const warning of warnings) await take(warning)
      if (played === undefined) return
      const proof = proven.proved(problem)
      if (proof !== undefined) await take(proof)
      if (proven.session === undefined) return this.#fail(lot, at, prepared, signal, take)
      const on = (test: Case): PlayedOn => ({ version: target.version, setup: test.setup })
      for (const { entry, attempts } of played) {
        const judged = judge(named(entry.test, target), attempts, this.#options.knownFailures)
        isBad ||= BAD.has(judged.outcome)
        await take(this.#finished(judged, collected, on(entry.test)))
      }
      if (isBad && this.#options.bail) return
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { proven } = this.#prepared ?? {}
    this.#prepared = undefined
    await proven?.[Symbol.asyncDispose]()
  }

  /** The lot's target with its setup; undefined if the run was interrupted first. */
  async #prepare({ target: name, setup, cases }: Lot, signal: AbortSignal): Promise<Prepared | undefined> {
    const { captures, seed, evidence } = this.#options
    const played = this.#targets.get(name)
    const [first] = cases
    if (played === undefined || first === undefined) return undefined
    if (this.#prepared?.target === played.target && this.#prepared.proven.setup.key === setup)
      return this.#prepared
    await this[Symbol.asyncDispose]()
    let player = this.#players.get(name)
    if (player === undefined) {
      player = new ReplayPlayer(played.target, captures, seed, evidence !== undefined)
      this.#players.set(name, player)
    }
    const proven = await ProvenSession.prepare(played.target, first.setup, player, signal)
    this.#prepared = { ...played, player, proven }
    return this.#prepared
  }

  /** Plays a case, or the cases of a fold, until each has had its attempts; `played` is absent if the run was interrupted. */
  async #replay(
    replay: readonly ReplayEntry[],
    player: ReplayPlayer,
    session: Session,
    signal: AbortSignal,
  ): Promise<Replayed> {
    const { repeat, retries, collect: collecting } = this.#options
    const warnings: LotEvent[] = []
    let problem: unknown
    let collected: string | undefined
    const warn = (warning: LotEvent) => {
      warnings.push(warning)
    }
    const play = async (entries: readonly ReplayEntry[]) => {
      try {
        const attempts = await player.play(entries, session, signal)
        if (collecting !== undefined && attempts.some(({ outcome }) => outcome !== 'pass'))
          collected = (await collect(session, collecting, signal, warn)) ?? collected
        return attempts
      } catch (thrown) {
        problem ??= thrown
        throw thrown
      }
    }
    const played = await attemptAll(replay, play, { signal, repeat, retries })
    return { played, problem, warnings, ...(collected === undefined ? {} : { collected }) }
  }

  /** Reports that a target cannot be used: all remaining cases of the lot are errors. */
  async #fail(
    lot: Lot,
    from: number,
    { proven, target }: Prepared,
    signal: AbortSignal,
    take: TakeLotEvent,
  ): Promise<void> {
    const failure = proven.failure()
    // An error after an interruption says nothing about the target.
    if (failure === undefined || signal.aborted) return
    await take(failure.event)
    const error = [errorAttempt(failure.message)]
    for (const replay of lot.replays.slice(from))
      for (const test of casesOf(lot, replay)) {
        const { evidence: _, ...finished } = judge(named(test, target), error, NO_KNOWN_FAILURES)
        await take(finished)
      }
  }

  #finished(judged: Judged, collected: string | undefined, on: PlayedOn): CaseFinished {
    const isNamed = collected !== undefined && NEEDS_A_LOOK.has(judged.outcome)
    return withEvidence(isNamed ? { ...judged, collected } : judged, this.#options.evidence, on)
  }
}

interface Replayed {
  readonly played: Awaited<ReturnType<typeof attemptAll<ReplayEntry>>>
  /** The first error thrown. */
  readonly problem: unknown
  readonly warnings: readonly LotEvent[]
  readonly collected?: string
}

function named(test: Case, target: Target): Pick<CaseFinished, 'case' | 'target'> {
  return { case: summaryOf(test), target: target.name }
}
