import type { CaseFinished, CaseSummary, Outcome, RunEvent } from '../model/run-log.ts'

type Skipped = RunEvent & { readonly type: 'case-skipped' }

/** The result of a run for one case on one target. */
export interface CaseResult {
  readonly case: CaseSummary
  readonly target: string
  readonly outcome: Outcome
  /** The reason, if the outcome needs one. */
  readonly detail?: string
  /** Absent if the case was skipped. */
  readonly finished?: CaseFinished
}

/** Outcomes that say what the target does; the others say that this could not be found out. */
const TELLING: ReadonlySet<Outcome> = new Set(['pass', 'fail', 'flaky', 'known-failure', 'unexpected-pass'])

/**
 * One result for each case and target, in the order of their first occurrence, however often a log (resumed, or merged from several)
 * has it: a telling outcome replaces one that is not, and two different telling outcomes make the case flaky.
 */
export function caseResults(events: readonly RunEvent[]): readonly CaseResult[] {
  const results: CaseResult[] = []
  /** Indices into `results`, by target and name of the case. */
  const placesBy = new Map<string, Map<string, number>>()
  for (const event of events) {
    if (event.type !== 'case-finished' && event.type !== 'case-skipped') continue
    let places = placesBy.get(event.target)
    if (places === undefined) {
      places = new Map()
      placesBy.set(event.target, places)
    }
    const now = resultOf(event)
    const place = places.get(event.case.name)
    const before = results[place ?? -1]
    if (place !== undefined && before !== undefined) results[place] = both(before, now)
    else places.set(event.case.name, results.push(now) - 1)
  }
  return results
}

function resultOf(event: CaseFinished | Skipped): CaseResult {
  const { case: summary, target } = event
  if (event.type === 'case-skipped')
    return { case: summary, target, outcome: 'skipped', detail: `The target lacks ${event.lacks}.` }
  const { outcome, detail } = event
  return { case: summary, target, outcome, finished: event, ...(detail === undefined ? {} : { detail }) }
}

function both(before: CaseResult, now: CaseResult): CaseResult {
  if (!TELLING.has(now.outcome)) return TELLING.has(before.outcome) ? before : now
  if (!TELLING.has(before.outcome) || before.outcome === now.outcome) return now
  const worse = before.outcome === 'pass' ? now : before
  const detail = `It was played more than once, and its outcomes differ: ${before.outcome}, ${now.outcome}.`
  return { ...worse, outcome: 'flaky', detail }
}
