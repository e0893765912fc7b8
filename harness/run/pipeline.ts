import { exitCodeOf } from '../log/summary.ts'
import type { Case } from '../model/case.ts'
import { type CaseFinished, OUTCOMES, type Outcome, type RunEvent } from '../model/run-log.ts'
import type { Session, Target } from '../model/target.ts'
import { lacks } from '../plan/capabilities.ts'
import type { KnownFailures } from '../plan/known-failures.ts'
import { Breath } from '../support/breath.ts'
import { asFlowbreakError, FlowbreakError, messageOf } from '../support/errors.ts'
import { calibrate } from './calibrate.ts'
import type { CaptureStore } from './captures.ts'
import { checkPlaces } from './places.ts'
import { type Attempt, CasePlayer, summaryOf } from './play.ts'
import { checkRules } from './rules.ts'

export interface RunOptions {
  /** What is played through a target; the same names for each. */
  readonly cases: (target: Target) => readonly Case[]
  readonly captures: CaptureStore
  readonly targets: readonly Target[]
  readonly seed: number
  /** Times that each case is played; 1 or more. */
  readonly repeat: number
  /** Further attempts at a case that did not pass; one that differs makes it flaky. */
  readonly retries: number
  /** Stop at the first case that fails. */
  readonly bail: boolean
  readonly knownFailures: KnownFailures
  readonly signal: AbortSignal
  /** Takes the run log's events, in order. */
  readonly emit: (event: RunEvent) => void
}

type Finished = RunEvent & { readonly type: 'run-finished' }

/**
 * The story of a run: check every case against its capture, then for each target bring it to each setup, prove it, play the
 * setup's cases, and take everything down. Answers the exit code that the outcomes come to.
 */
export async function runCases(options: RunOptions): Promise<Finished> {
  const planned = options.targets.map((target) => ({ target, cases: options.cases(target) }))
  for (const { cases } of planned) {
    checkRules(cases)
    await checkPlaces(cases, options.captures)
  }
  const totals = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>
  const state = { broken: false, stopped: false }
  const player = new CasePlayer(options.seed)
  const breath = new Breath()
  const count = (outcome: Outcome) => {
    totals[outcome]++
    if (options.bail && (outcome === 'fail' || outcome === 'error')) state.stopped = true
  }
  for (const { target, cases: all } of planned)
    for (const cases of bySetup(all, target, (test, lacking) => {
      options.emit({ type: 'case-skipped', case: summaryOf(test), target: target.name, lacks: lacking })
      count('skipped')
    })) {
      if (state.stopped || options.signal.aborted) break
      if (!(await playSetup(options, target, cases, { breath, player, state, count }))) state.broken = true
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

/** Cases that the target can play, together by setup, in the order of their first. */
function bySetup(
  cases: readonly Case[],
  target: Target,
  skip: (test: Case, lacking: string) => void,
): readonly (readonly Case[])[] {
  const groups = new Map<string, Case[]>()
  for (const test of cases) {
    const lacking = lacks(test, target.capabilities) ?? target.lacks?.(test)
    if (lacking !== undefined) {
      skip(test, lacking)
      continue
    }
    const group = groups.get(test.setup.key)
    if (group === undefined) groups.set(test.setup.key, [test])
    else group.push(test)
  }
  return [...groups.values()]
}

interface Running {
  readonly breath: Breath
  readonly player: CasePlayer
  readonly state: { broken: boolean; stopped: boolean }
  readonly count: (outcome: Outcome) => void
}

/** Plays the cases of one setup on one target; false when the target could not be used. */
async function playSetup(
  options: RunOptions,
  target: Target,
  cases: readonly Case[],
  running: Running,
): Promise<boolean> {
  const setup = cases[0]?.setup
  if (setup === undefined) return true
  const failed = (thrown: unknown): false => {
    const code = asFlowbreakError(thrown)?.code ?? 'ERR_TARGET'
    options.emit({ type: 'target-failed', target: target.name, code, message: messageOf(thrown) })
    for (const test of cases) running.count(finishError(options, target, test, messageOf(thrown)))
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
      wrong = await calibrate(session, setup, options.signal)
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
    for (const test of cases) {
      await running.breath.take()
      if (running.state.stopped || options.signal.aborted) break
      await playCase(options, target, test, session, running)
    }
    return true
  } finally {
    await session[Symbol.asyncDispose]()
  }
}

async function playCase(
  options: RunOptions,
  target: Target,
  test: Case,
  session: Session,
  running: Running,
): Promise<void> {
  const recorded = await options.captures.load(test.capture, test.setup)
  const attempts: Attempt[] = []
  let finished: CaseFinished | undefined
  for (let tries = 0; tries < options.repeat + options.retries; tries++) {
    if (tries >= options.repeat && attempts.every(({ outcome }) => outcome === 'pass')) break
    let attempt: Attempt
    try {
      attempt = await running.player.play(test, recorded, session, options.signal)
    } catch (thrown) {
      if (options.signal.aborted) return
      attempt = errorAttempt(messageOf(thrown))
    }
    attempts.push(attempt)
    finished = {
      type: 'case-finished',
      case: summaryOf(test),
      target: target.name,
      attempt: tries + 1,
      ...attempt,
    }
    if (attempt.outcome === 'error') break
  }
  if (finished === undefined) return
  const judged = judge(finished, attempts, options.knownFailures)
  options.emit(judged)
  running.count(judged.outcome)
}

/** The outcome of all attempts together: a difference between them is flaky, and a known failure is held to its word. */
function judge(finished: CaseFinished, attempts: readonly Attempt[], known: KnownFailures): CaseFinished {
  const outcomes = new Set(attempts.map(({ outcome }) => outcome))
  const worst = attempts.find(({ outcome }) => outcome !== 'pass') ?? finished
  const result = { ...finished, ...worst }
  if (outcomes.size > 1) {
    const words = attempts.map(({ outcome }) => outcome).join(', ')
    return { ...result, outcome: 'flaky', detail: `Its ${attempts.length} attempts differed: ${words}.` }
  }
  const entry = known.find(finished.case.name)
  if (entry === undefined) return result
  if (result.outcome === 'fail') return { ...result, outcome: 'known-failure', detail: entry.reason }
  if (result.outcome === 'pass')
    return {
      ...result,
      outcome: 'unexpected-pass',
      detail: `It passes, but is listed as a known failure (${entry.reason}): take it off the list.`,
    }
  return result
}

function errorAttempt(detail: string): Attempt {
  const none = { checked: 0, met: 0 }
  return {
    outcome: 'error',
    detail,
    durationMs: 0,
    tally: { core: none, extended: none, provisional: none },
    mismatches: [],
    counters: [],
  }
}

function finishError(options: RunOptions, target: Target, test: Case, detail: string): Outcome {
  options.emit({
    type: 'case-finished',
    case: summaryOf(test),
    target: target.name,
    attempt: 1,
    ...errorAttempt(detail),
  })
  return 'error'
}
