import { counted } from '../../support/counted.ts'
import type { Changes, Lone } from './changes.ts'

/** `2 regressions, 1 repair, …`: the changes that are worth mentioning, or that there are none. */
export function headline({ regressions, repairs, others, added, vanished, common }: Changes): string {
  const parts = [
    some(regressions.length, 'regression'),
    some(repairs.length, 'repair'),
    some(others.length, 'other change'),
    some(added.length, 'new case'),
    some(vanished.length, 'vanished case'),
  ].filter((part) => part !== '')
  return parts.length === 0
    ? `no change in ${counted(common, 'case')}`
    : `${parts.join(', ')}; ${counted(common, 'case')} in both`
}

function some(count: number, noun: string): string {
  return count === 0 ? '' : counted(count, noun)
}

/** Lone cases by outcome, on one line: `3 passed`, …. */
export function byOutcome(cases: readonly Lone[]): string {
  const counts = new Map<string, number>()
  for (const { outcome } of cases) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  return [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ')
}

/** `12.3 s`, `4.0 ms`. */
export function milliseconds(value: number): string {
  return value >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(1)} ms`
}
