import { NANOS_PER_SECOND } from '../model/batch.ts'
import type { Case } from '../model/case.ts'
import type { Target } from '../model/target.ts'
import { aloneOn, durationOf } from '../plan/folding.ts'
import { Load } from '../plan/load.ts'
import type { FoldEntry } from './fold/playing.ts'
import { bySetup, foldingOf, type Planning, surveySetup } from './target-plan.ts'

/** What a run through one target would do. */
export interface PlanSummary {
  readonly target: string
  /** The number of cases that it can play. */
  readonly cases: number
  readonly skipped: readonly { readonly name: string; readonly lacks: string }[]
  readonly setups: number
  /** The number of replays, and how many of them hold several cases. */
  readonly replays: number
  readonly folds: number
  /** The number of cases that are played alone, by reason; cases without a reason have no others to be folded with. */
  readonly alone: Readonly<Record<string, number>>
  /** The most in one replay, and the most in any second of the target's clock within a replay. */
  readonly peak: {
    readonly sessions: number
    readonly packetsPerSecond: number
    readonly bytesPerSecond: number
    readonly newConnectionsPerSecond: number
  }
  readonly clock: 'virtual' | 'real'
  /** The sum of the lengths of all timelines. */
  readonly timelineSeconds: number
  /** The same on the target's clock; absent if nothing has to wait for that clock. */
  readonly wallSeconds?: number
}

/** Sums up what would be played, without touching the target. `repeat`: how often each case is played. */
export async function summarisePlan(
  cases: readonly Case[],
  target: Target,
  planning: Planning,
  repeat: number,
): Promise<PlanSummary> {
  const { groups, skipped } = bySetup(cases, target)
  const left = [...skipped]
  const replays: (readonly FoldEntry[])[] = []
  for (const group of groups) {
    const plan = await surveySetup(group, target, planning)
    // Spreading them into arguments would overflow the stack at some 100,000.
    for (const skip of plan.skipped) left.push(skip)
    for (const replay of plan.replays) replays.push(replay)
  }
  const { capabilities } = target
  const folding = foldingOf(capabilities, planning.fold)
  const alone: Record<string, number> = {}
  const peak = { sessions: 0, packetsPerSecond: 0, bytesPerSecond: 0, newConnectionsPerSecond: 0 }
  let nanos = 0
  for (const replay of replays) {
    nanos += durationOf(replay)
    raise(peak, replay, NANOS_PER_SECOND * capabilities.clockScale)
    const [first] = replay
    if (replay.length > 1 || first === undefined) continue
    const why = aloneOn(folding, first.facts) ?? 'no other case is like it'
    alone[why] = (alone[why] ?? 0) + 1
  }
  const timelineSeconds = (nanos / NANOS_PER_SECOND) * repeat
  return {
    target: target.name,
    cases: replays.reduce((sum, { length }) => sum + length, 0),
    skipped: left.map(({ test, lacks }) => ({ name: test.name, lacks })),
    setups: groups.length,
    replays: replays.length * repeat,
    folds: replays.filter(({ length }) => length > 1).length * repeat,
    alone,
    peak,
    clock: capabilities.clock,
    timelineSeconds: round(timelineSeconds),
    ...(capabilities.clock === 'real'
      ? { wallSeconds: round(timelineSeconds / capabilities.clockScale) }
      : {}),
  }
}

function raise(
  peak: { -readonly [K in keyof PlanSummary['peak']]: number },
  replay: readonly FoldEntry[],
  second: number,
): void {
  const all = new Load(second)
  for (const { facts } of replay) all.merge(facts.load)
  const { packets, bytes, connections } = all.peak()
  peak.sessions = Math.max(peak.sessions, all.sessions)
  peak.packetsPerSecond = Math.max(peak.packetsPerSecond, packets)
  peak.bytesPerSecond = Math.max(peak.bytesPerSecond, bytes)
  peak.newConnectionsPerSecond = Math.max(peak.newConnectionsPerSecond, connections)
}

/** Rounds to a millisecond. */
function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}
