import { exitCodeOf, summarise } from '../log/summary.ts'
import type { Case } from '../model/case.ts'
import type { CaseFinished, Outcome, RunEvent } from '../model/run-log.ts'
import type { Session, Target } from '../model/target.ts'
import { type KnownFailures, NO_KNOWN_FAILURES } from '../plan/known-failures.ts'
import { NEEDS_A_LOOK } from '../report/outcomes.ts'
import { Breath } from '../support/breath.ts'
import { asFlowbreakError, FlowbreakError, messageOf } from '../support/errors.ts'
import { attemptAll, errorAttempt, type Judged, judge } from './attempts.ts'
import { calibrate } from './calibrate.ts'
import { CalibratedSession, isCalibratedWithin } from './calibrated-session.ts'
import type { CaptureStore } from './captures.ts'
import { type CollectOptions, collect } from './collect.ts'
import { type EvidenceOptions, type PlayedOn, withEvidence } from './evidence/evidence.ts'
import { calibrateOpenings } from './openings.ts'
import { checkPlaces } from './places.ts'
import { summaryOf } from './play.ts'
import { ReplayPlayer } from './replay-player.ts'
import { checkRules } from './rules.ts'
import {
  bySetup,
  type FoldChoice,
  planSetup,
  type Replay,
  type ReplayEntry,
  type SkippedCase,
} from './target-plan.ts'

export interface RunOptions {
  /** What is played through a target; the same names for each. */
  readonly cases: (target: Target) => readonly Case[]
  readonly captures: CaptureStore
  readonly targets: readonly Target[]
  readonly seed: number
  readonly fold: FoldChoice
  /** Times that each case is played; 1 or more. */
  readonly repeat: number
  /** Further attempts at a case that did not pass; one that differs makes it flaky. */
  readonly retries: number
  /** Stop at the first case that fails. */
  readonly bail: boolean
  readonly knownFailures: KnownFailures
  /** Absent: none is kept. */
  readonly evidence?: EvidenceOptions | undefined
  /** Where it is kept what devices say of replays that failed; absent: they are not asked. */
  readonly collect?: CollectOptions
  /** What the log of a run that goes on holds already, which counts for how it ends; absent: the run is new. */
  readonly before?: readonly RunEvent[]
  readonly signal: AbortSignal
  /** Takes the run log's events, in order. */
  readonly emit: (event: RunEvent) => void
}

type Finished = RunEvent & { readonly type: 'run-finished' }

/**
 * The story of a run: check every case against its capture, then for each target bring it to each setup, prove it, play the
 * setup's cases, alone or folded, and take everything down. Answers the exit code that the outcomes come to.
 */
export async function runCases(options: RunOptions): Promise<Finished> {
  const planned = options.targets.map((target) => ({ target, cases: options.cases(target) }))
  for (const { cases } of planned) {
    checkRules(cases)
    await checkPlaces(cases, options.captures)
  }
  const before = summarise(options.before ?? [])
  const totals: Record<Outcome, number> = { ...before.totals }
  const state = { broken: before.targets.some(({ problems }) => problems.length > 0), stopped: false }
  const count = (outcome: Outcome) => {
    totals[outcome]++
    if (options.bail && (outcome === 'fail' || outcome === 'error')) state.stopped = true
  }
  const breath = new Breath()
  for (const { target, cases } of planned) {
    const player = new ReplayPlayer(target, options.captures, options.seed, options.evidence !== undefined)
    const running = { target, player, breath, state, count }
    const { groups, skipped } = bySetup(cases, target)
    skip(options, running, skipped)
    for (const group of groups) {
      if (state.stopped || options.signal.aborted) break
      if (!(await playSetup(options, running, group))) state.broken = true
    }
  }
  const reason = options.signal.aborted ? 'interrupted' : state.stopped ? 'bailed' : 'completed'
  const finished: Finished = {
    type: 'run-finished',
    reason,
    finishedAt: new Date().toISOString(),
    totals,
    exitCode: exitCodeOf(totals, { interrupted: reason === 'interrupted', broken: state.broken }),
  }
  options.emit(finished)
  return finished
}

interface Running {
  readonly target: Target
  readonly player: ReplayPlayer
  readonly breath: Breath
  readonly state: { broken: boolean; stopped: boolean }
  readonly count: (outcome: Outcome) => void
}

/** Plays the cases of one setup on one target; false when the target could not be used. */
async function playSetup(options: RunOptions, running: Running, cases: readonly Case[]): Promise<boolean> {
  const { target, player, breath, state } = running
  const setup = cases[0]?.setup
  if (setup === undefined) return true
  const { replays, skipped } = await planSetup(cases, target, {
    captures: options.captures,
    offers: player.offers,
    fold: options.fold,
  })
  skip(options, running, skipped)
  if (replays.length === 0) return true
  const failed = (thrown: unknown): false => {
    const code = asFlowbreakError(thrown)?.code ?? 'ERR_TARGET'
    options.emit({ type: 'target-failed', target: target.name, code, message: messageOf(thrown) })
    const error = [errorAttempt(messageOf(thrown))]
    for (const { test } of replays.flat())
      finish(options, running, judge(named(test, target), error, NO_KNOWN_FAILURES))
    return false
  }
  const ready = (wrong: string | undefined): boolean => {
    options.emit({
      type: 'target-ready',
      target: target.name,
      version: target.version,
      capabilities: target.capabilities,
      setup: setup.key,
      configuration: setup,
      calibration: wrong === undefined ? 'passed' : 'failed',
      ...(wrong === undefined ? {} : { detail: wrong }),
    })
    return wrong === undefined || failed(new FlowbreakError('ERR_CALIBRATION', wrong))
  }
  let session: Session
  try {
    session = await target.prepare(setup, options.signal)
  } catch (thrown) {
    return failed(thrown)
  }
  try {
    const within = isCalibratedWithin(target.capabilities) ? new CalibratedSession(session, setup) : undefined
    if (within === undefined) {
      let wrong: string | undefined
      try {
        const strangers = player.addresses.strangers(setup)
        wrong = await calibrate(session, setup, options.signal, target.capabilities, strangers)
        if (wrong === undefined) {
          const opening = await calibrateOpenings(session, setup, strangers, options.signal)
          wrong = opening.wrong
          player.offers.opening = opening.draw
        }
      } catch (thrown) {
        return options.signal.aborted || failed(thrown)
      }
      if (!ready(wrong)) return false
    }
    let isProven = within === undefined
    for (const replay of replays) {
      await breath.take()
      if (state.stopped || options.signal.aborted) break
      const { played, problem, collected } = await playReplay(options, running, replay, within ?? session)
      if (played === undefined) break
      if (!isProven && within !== undefined) {
        if (within.wrong !== undefined) return ready(within.wrong)
        if (!within.passed) return failed(problem)
        isProven = ready(undefined)
      }
      for (const { entry, attempts } of played)
        finish(options, running, judge(named(entry.test, target), attempts, options.knownFailures), {
          collected,
          on: { version: target.version, setup: entry.test.setup },
        })
    }
    return true
  } finally {
    await session[Symbol.asyncDispose]()
  }
}

/**
 * Plays a case, or the cases of a fold, until each has had its attempts; `played` is absent where the run was interrupted, and
 * `problem` is what was thrown first.
 */
async function playReplay(
  options: RunOptions,
  { player }: Running,
  replay: Replay,
  session: Session,
): Promise<{
  readonly played?: Awaited<ReturnType<typeof attemptAll<ReplayEntry>>>
  readonly problem?: unknown
  readonly collected?: string
}> {
  const { signal, repeat, retries } = options
  let problem: unknown
  let collected: string | undefined
  const play = async (entries: readonly ReplayEntry[]) => {
    try {
      const attempts = await player.play(entries, session, signal)
      if (options.collect !== undefined && attempts.some(({ outcome }) => outcome !== 'pass'))
        collected = (await collect(session, options.collect, signal, options.emit)) ?? collected
      return attempts
    } catch (thrown) {
      problem ??= thrown
      throw thrown
    }
  }
  const played = await attemptAll(replay, play, { signal, repeat, retries })
  return { played, problem, ...(collected === undefined ? {} : { collected }) }
}

function named(test: Case, target: Target): Pick<CaseFinished, 'case' | 'target'> {
  return { case: summaryOf(test), target: target.name }
}

function finish(
  options: RunOptions,
  { count }: Running,
  judged: Judged,
  { collected, on }: { readonly collected?: string | undefined; readonly on?: PlayedOn } = {},
): void {
  const isNamed = collected !== undefined && NEEDS_A_LOOK.has(judged.outcome)
  options.emit(withEvidence(isNamed ? { ...judged, collected } : judged, options.evidence, on))
  count(judged.outcome)
}

function skip(options: RunOptions, { target, count }: Running, skipped: readonly SkippedCase[]): void {
  for (const { test, lacks } of skipped) {
    options.emit({ type: 'case-skipped', case: summaryOf(test), target: target.name, lacks })
    count('skipped')
  }
}
