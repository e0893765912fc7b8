import type { Case } from '../../model/case.ts'
import type { Target } from '../../model/target.ts'
import { summaryOf } from '../play.ts'
import { bySetup, type Planning, planSetup, type Replay, type SkippedCase } from '../target-plan.ts'
import { LOT_CASES, type Lot, type LotEvent } from './lot.ts'
import type { Surveys } from './surveys.ts'

/** The next part of a target's plan: events that come before it in the log, and its lot; absent: there is none. */
export interface Planned {
  readonly events: readonly LotEvent[]
  readonly lot?: Lot
}

/** The plan of one target in lots, made on demand, one setup at a time. */
export async function* lotsOf(
  cases: readonly Case[],
  target: Target,
  planning: Planning,
  surveys: Surveys,
): AsyncGenerator<Planned> {
  const { groups, skipped } = bySetup(cases, target)
  yield { events: skippedEvents(skipped, target) }
  let index = 0
  for (const group of groups) {
    const plan = await planSetup(group, target, planning)
    yield { events: skippedEvents(plan.skipped, target) }
    surveys.keep(plan.replays)
    const setup = group[0]?.setup.key ?? ''
    for (const replays of inLots(plan.replays))
      yield { events: [], lot: lotOf(index++, target.name, setup, replays) }
  }
}

/** Groups replays, as many as fit in a lot. */
function* inLots(replays: readonly Replay[]): Generator<readonly Replay[]> {
  let lot: Replay[] = []
  let count = 0
  for (const replay of replays) {
    if (count > 0 && count + replay.length > LOT_CASES) {
      yield lot
      lot = []
      count = 0
    }
    lot.push(replay)
    count += replay.length
  }
  if (count > 0) yield lot
}

function lotOf(index: number, target: string, setup: string, replays: readonly Replay[]): Lot {
  const cases: Case[] = []
  const indices = replays.map((replay) => replay.map(({ test }) => cases.push(test) - 1))
  return { index, target, setup, cases, replays: indices }
}

function skippedEvents(skipped: readonly SkippedCase[], target: Target): readonly LotEvent[] {
  return skipped.map(({ test, lacks }) => ({
    type: 'case-skipped',
    case: summaryOf(test),
    target: target.name,
    lacks,
  }))
}
