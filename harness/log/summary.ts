import type { Level } from '../model/case.ts'
import type { RunEvent, Tally } from '../model/run-log.ts'
import type { Mark } from '../model/setup.ts'
import { ExitCode } from '../support/errors.ts'
import { type CaseResult, caseResults } from './cases.ts'
import { groupBy } from './group.ts'
import { marksOf } from './marks.ts'
import { type TargetSummary, targetsOf } from './targets.ts'
import { type Totals, totalsOf } from './totals.ts'

export interface RunSummary {
  readonly totals: Totals
  /** The number of results, one for each case and target; `planned`: how many the run was to have. */
  readonly cases: number
  readonly planned: number
  /** `unfinished`: the log has no end, because the process was killed or is still running. */
  readonly reason: 'completed' | 'interrupted' | 'bailed' | 'unfinished'
  readonly suites: readonly { readonly name: string; readonly totals: Totals }[]
  readonly targets: readonly TargetSummary[]
  /** Verdicts compared with expectations of each level, and how many met them; provisional ones never fail a case. */
  readonly tally: Tally
  /** How many of those verdicts rest on each provenance mark. */
  readonly marks: Readonly<Record<Mark, number>>
  readonly warnings: readonly { readonly code: string; readonly message: string; readonly where?: string }[]
  /** From the results; 130 if the run was interrupted or has no end. */
  readonly exitCode: ExitCode
}

/** Sums up a run: totals, suites, targets, provenance, exit code. `results`: those of the events, if they are known already. */
export function summarise(events: readonly RunEvent[], results = caseResults(events)): RunSummary {
  const totals = totalsOf(results)
  const reason = events.findLast((event) => event.type === 'run-finished')?.reason ?? 'unfinished'
  const targets = targetsOf(events, results)
  return {
    totals,
    cases: results.length,
    planned: plannedOf(events),
    reason,
    suites: [...groupBy(results, (result) => result.case.suite)].map(([name, of]) => ({
      name,
      totals: totalsOf(of),
    })),
    targets,
    tally: tallyOf(results),
    marks: marksOf(results),
    warnings: events.flatMap((event) => {
      if (event.type !== 'warning') return []
      const { type: _, ...warning } = event
      return [warning]
    }),
    exitCode: exitCodeOf(totals, {
      interrupted: reason === 'interrupted' || reason === 'unfinished',
      broken: targets.some(({ problems }) => problems.length > 0),
    }),
  }
}

/** The exit code of a run: 130 interrupted, 1 failed or flaky, 3 broken or inconclusive, 2 nothing but skipped cases, else 0. */
export function exitCodeOf(
  totals: Totals,
  { interrupted, broken }: { readonly interrupted: boolean; readonly broken: boolean },
): ExitCode {
  if (interrupted) return ExitCode.interrupted
  if (totals.fail + totals.flaky + totals['unexpected-pass'] > 0) return ExitCode.failed
  if (broken || totals.error + totals.inconclusive > 0) return ExitCode.broken
  return totals.pass + totals['known-failure'] > 0 ? ExitCode.ok : ExitCode.usage
}

/** The number of planned results; a resumed run starts more than once, and a merged log has several runs. */
function plannedOf(events: readonly RunEvent[]): number {
  const runs = new Map<string, number>()
  for (const event of events) if (event.type === 'run-started') runs.set(event.run, event.planned)
  return [...runs.values()].reduce((sum, planned) => sum + planned, 0)
}

function tallyOf(results: readonly CaseResult[]): Tally {
  const sum: Record<Level, { checked: number; met: number }> = {
    core: { checked: 0, met: 0 },
    extended: { checked: 0, met: 0 },
    provisional: { checked: 0, met: 0 },
  }
  for (const level of ['core', 'extended', 'provisional'] as const)
    for (const { finished } of results) {
      sum[level].checked += finished?.tally[level].checked ?? 0
      sum[level].met += finished?.tally[level].met ?? 0
    }
  return sum
}
