import type { RunEvent } from '../model/run-log.ts'
import type { CaseResult } from './cases.ts'
import { groupBy } from './group.ts'
import { type Totals, totalsOf } from './totals.ts'

/** The results of a run on one target. */
export interface TargetSummary {
  readonly name: string
  /** Absent if it was never started. */
  readonly version?: string
  readonly totals: Totals
  /** Capabilities that cases needed and the target lacks, the most needed first. */
  readonly lacks: readonly { readonly capability: string; readonly cases: number }[]
  /** Why it could not be used, one sentence each. */
  readonly problems: readonly string[]
}

/** The targets in the order of their first occurrence in the log. */
export function targetsOf(
  events: readonly RunEvent[],
  results: readonly CaseResult[],
): readonly TargetSummary[] {
  const names = new Set(events.flatMap((event) => ('target' in event ? [event.target] : [])))
  const byTarget = groupBy(results, ({ target }) => target)
  return [...names].map((name) => {
    const version = events.find((event) => event.type === 'target-ready' && event.target === name)
    return {
      name,
      ...(version?.type === 'target-ready' ? { version: version.version } : {}),
      totals: totalsOf(byTarget.get(name) ?? []),
      lacks: lacksOf(events, name, byTarget.get(name) ?? []),
      problems: problemsOf(events, name),
    }
  })
}

function lacksOf(
  events: readonly RunEvent[],
  target: string,
  results: readonly CaseResult[],
): TargetSummary['lacks'] {
  const skipped = new Set(
    results.flatMap(({ outcome, case: { name } }) => (outcome === 'skipped' ? [name] : [])),
  )
  const cases = new Map<string, Set<string>>()
  for (const event of events) {
    if (event.type !== 'case-skipped' || event.target !== target || !skipped.has(event.case.name)) continue
    cases.set(event.lacks, (cases.get(event.lacks) ?? new Set()).add(event.case.name))
  }
  return [...cases]
    .map(([capability, names]) => ({ capability, cases: names.size }))
    .sort((a, b) => b.cases - a.cases || (a.capability < b.capability ? -1 : 1))
}

function problemsOf(events: readonly RunEvent[], target: string): readonly string[] {
  const problems = events.flatMap((event) => {
    if (event.type === 'target-failed' && event.target === target) return [event.message]
    const failed = event.type === 'target-ready' && event.target === target && event.calibration === 'failed'
    return failed ? [event.detail ?? 'Its calibration failed.'] : []
  })
  return [...new Set(problems)]
}
