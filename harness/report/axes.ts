import type { CaseResult } from '../log/cases.ts'

export interface Axis {
  readonly name: string
  /** Policies and families in the usual order, others in that of their first occurrence. */
  readonly values: readonly string[]
}

interface Counted {
  readonly values: Set<string>
  cases: number
}

/** Which case of a run ends first, or is skipped, depends on the target: its log is in no order that a reader expects. */
const USUAL: readonly string[] = ['drop', 'reject', 'continue', 'ipv4', 'ipv6']

/** The share of cases that must have an axis for it to count as common. */
const COMMON = 0.9

/**
 * The axes of some cases: first those that nearly all cases have; among these, the one with most values comes first; of equals, the one
 * that occurs first.
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
    .map(([name, { values }]) => ({ name, values: inUsualOrder([...values]) }))
}

/** Values that are not all usual keep their order, so that no axis of other words is torn apart. */
function inUsualOrder(values: readonly string[]): readonly string[] {
  const usual = USUAL.filter((value) => values.includes(value))
  return usual.length === values.length ? usual : values
}
