import type { CaseFinished, CaseSummary, Outcome, RunEvent } from '../model/run-log.ts'

type Skipped = RunEvent & { readonly type: 'case-skipped' }

/** What a run came to for one case on one target. */
export interface CaseResult {
  readonly case: CaseSummary
  readonly target: string
  readonly outcome: Outcome
  /** Why, where the outcome needs a sentence. */
  readonly detail?: string
  /** Absent for a case that was skipped. */
  readonly finished?: CaseFinished
}

/** Outcomes that say what the target does; the others say that it could not be told. */
const TELLING: ReadonlySet<Outcome> = new Set(['pass', 'fail', 'flaky', 'known-failure', 'unexpected-pass'])

/**
 * One result a case and target, in the order of their first appearance, however often a log (resumed, or merged from several)
 * holds it: what tells something replaces what does not, and two that tell different things make the case flaky.
 */
export function caseResults(events: readonly RunEvent[]): readonly CaseResult[] {
  const results: CaseResult[] = []
  /** Places of `results`, by target and name of the case. */
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
