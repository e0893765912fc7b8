import type { CaseResult } from '../log/cases.ts'

export interface Axis {
  readonly name: string
  /** In the order of their first appearance. */
  readonly values: readonly string[]
}

interface Counted {
  readonly values: Set<string>
  cases: number
}

/** Share of the cases from which on an axis speaks for all of them. */
const COMMON = 0.9

/**
 * The axes of some cases: first those that nearly all cases have, and of these the one with most values; of equals the one that
 * appears first.
 */
export function axesOf(results: readonly CaseResult[]): readonly Axis[] {
  const axes = new Map<string, Counted>()
  for (const { case: test } of results)
    for (const [name, value] of Object.entries(test.axes)) {
      const counted = axes.get(name) ?? { values: new Set(), cases: 0 }
      counted.values.add(value)
      counted.cases++
      axes.set(name, counted)
    }
  const rank = ({ cases }: Counted) => (cases >= COMMON * results.length ? 1 : 0)
  return [...axes]
    .sort(([, a], [, b]) => rank(b) - rank(a) || b.values.size - a.values.size)
    .map(([name, { values }]) => ({ name, values: [...values] }))
}
