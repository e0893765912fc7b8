import { exitCodeOf, summarise } from '../log/summary.ts'
import type { LogLine } from '../log/write.ts'
import type { Case } from '../model/case.ts'
import type { Outcome, RunEvent } from '../model/run-log.ts'
import type { Target } from '../model/target.ts'
import { Offers } from './offer.ts'
import { checkPlaces } from './places.ts'
import { checkRules } from './rules.ts'
import type { FoldChoice } from './target-plan.ts'
import type { Doing } from './watch/watch.ts'
import { Dispatcher } from './work/dispatcher.ts'
import { BAD, InProcessPlayer, type PlayOptions } from './work/in-process.ts'
import { Lane } from './work/lane.ts'
import type { LotEvent, LotPlayer } from './work/lot.ts'
import { lotsOf } from './work/lots.ts'
import { Surveys } from './work/surveys.ts'

export interface RunOptions extends PlayOptions {
  /** The cases to play through a target; their names are the same for each. */
  readonly cases: (target: Target) => readonly Case[]
  readonly targets: readonly Target[]
  readonly fold: FoldChoice
  /** The workers; absent: this process plays one lot after another. */
  readonly players?: readonly LotPlayer[] | undefined
  /** For a resumed run: the events already in its log, which count for its totals and exit code; absent: the run is new. */
  readonly before?: readonly RunEvent[]
  readonly signal: AbortSignal
  /** Takes the run log's events, in order, each with its line if a worker has already formatted one (see `TakeLotEvent`). */
  readonly emit: (event: RunEvent, line?: LogLine) => void
  /** Called with what the run does besides, for progress and logs. */
  readonly told?: ((doing: Doing) => void) | undefined
}

type Finished = RunEvent & { readonly type: 'run-finished' }

/**
 * A whole run: checks every case against its capture, plans each target's lots, has them played (a target is prepared for a setup,
 * calibrated, plays the setup's cases, alone or folded, and is taken down) and emits the results in the order of the plan. Returns the last
 * event, which has the totals and the exit code.
 */
export async function runCases(options: RunOptions): Promise<Finished> {
  const { captures, seed, fold, signal, emit } = options
  const planned = options.targets.map((target) => ({
    target,
    cases: options.cases(target),
    surveys: new Surveys(target, captures, seed, fold),
  }))
  for (const { cases } of planned) {
    checkRules(cases)
    await checkPlaces(cases, captures)
  }
  const before = summarise(options.before ?? [])
  const totals: Record<Outcome, number> = { ...before.totals }
  let broken = before.targets.some(({ problems }) => problems.length > 0)
  const log = (event: LotEvent, line?: LogLine): boolean => {
    emit(event, line)
    if (event.type === 'target-failed') broken = true
    if (event.type === 'case-skipped') totals.skipped++
    if (event.type !== 'case-finished') return false
    totals[event.outcome]++
    return options.bail && BAD.has(event.outcome)
  }
  const lanes = planned.map(({ target, cases, surveys }) => {
    const planning = { captures, offers: new Offers(seed), fold }
    return new Lane(target.name, lotsOf(cases, target, planning, surveys))
  })
  let bailed = false
  {
    // Whatever was brought up is taken down before the run counts as finished.
    await using here = new InProcessPlayer(planned, options)
    const players = options.players ?? [here]
    bailed = await new Dispatcher({ lanes, players, signal, log, told: options.told }).run()
  }
  const reason = signal.aborted ? 'interrupted' : bailed ? 'bailed' : 'completed'
  const finished: Finished = {
    type: 'run-finished',
    reason,
    finishedAt: new Date().toISOString(),
    totals,
    exitCode: exitCodeOf(totals, { interrupted: reason === 'interrupted', broken }),
  }
  emit(finished)
  return finished
}
