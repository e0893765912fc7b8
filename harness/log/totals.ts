import { OUTCOMES, type Outcome } from '../model/run-log.ts'
import type { CaseResult } from './cases.ts'

/** Number of cases by outcome; every outcome has an entry. */
export type Totals = Readonly<Record<Outcome, number>>

export function totalsOf(results: readonly CaseResult[]): Totals {
  const totals = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>
  for (const { outcome } of results) totals[outcome]++
  return totals
}
