import { exitCodeOf } from '../log/summary.ts'
import type { Case } from '../model/case.ts'
import { type CaseFinished, OUTCOMES, type Outcome, type RunEvent } from '../model/run-log.ts'
import type { Session, Target } from '../model/target.ts'
import { type KnownFailures, NO_KNOWN_FAILURES } from '../plan/known-failures.ts'
import { Breath } from '../support/breath.ts'
import { asFlowbreakError, FlowbreakError, messageOf } from '../support/errors.ts'
import { attemptAll, errorAttempt, type Judged, judge } from './attempts.ts'
import { calibrate } from './calibrate.ts'
import type { CaptureStore } from './captures.ts'
import { type EvidenceOptions, withEvidence } from './evidence/evidence.ts'
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
  const totals = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>
  const state = { broken: false, stopped: false }
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
  let session: Session
  try {
    session = await target.prepare(setup, options.signal)
  } catch (thrown) {
    return failed(thrown)
  }
  try {
    let wrong: string | undefined
    try {
      wrong = await calibrate(session, setup, options.signal, target.capabilities.clock)
    } catch (thrown) {
      return options.signal.aborted || failed(thrown)
    }
    options.emit({
      type: 'target-ready',
      target: target.name,
      version: target.version,
      capabilities: target.capabilities,
      setup: setup.key,
      calibration: wrong === undefined ? 'passed' : 'failed',
      ...(wrong === undefined ? {} : { detail: wrong }),
    })
    if (wrong !== undefined) return failed(new FlowbreakError('ERR_CALIBRATION', wrong))
    for (const replay of replays) {
      await breath.take()
      if (state.stopped || options.signal.aborted) break
      await playReplay(options, running, replay, session)
    }
    return true
  } finally {
    await session[Symbol.asyncDispose]()
  }
}

/** Plays a case, or the cases of a fold, until each has had its attempts, and tells what came of each. */
async function playReplay(
  options: RunOptions,
  running: Running,
  replay: Replay,
  session: Session,
): Promise<void> {
  const { target, player } = running
  const { signal, knownFailures } = options
  const play = (entries: readonly ReplayEntry[]) => player.play(entries, session, signal)
  for (const { entry, attempts } of (await attemptAll(replay, play, options)) ?? [])
    finish(options, running, judge(named(entry.test, target), attempts, knownFailures))
}

function named(test: Case, target: Target): Pick<CaseFinished, 'case' | 'target'> {
  return { case: summaryOf(test), target: target.name }
}

function finish(options: RunOptions, { count }: Running, judged: Judged): void {
  options.emit(withEvidence(judged, options.evidence))
  count(judged.outcome)
}

function skip(options: RunOptions, { target, count }: Running, skipped: readonly SkippedCase[]): void {
  for (const { test, lacks } of skipped) {
    options.emit({ type: 'case-skipped', case: summaryOf(test), target: target.name, lacks })
    count('skipped')
  }
}
