import type { CaseResult } from '../log/cases.ts'

export interface Axis {
  readonly name: string
  /** In the order of their first appearance. */
  readonly values: readonly string[]
}

/** The axes of some cases, the one with most values first; of equals the one that appears first. */
export function axesOf(results: readonly CaseResult[]): readonly Axis[] {
  const axes = new Map<string, Set<string>>()
  for (const { case: test } of results)
    for (const [name, value] of Object.entries(test.axes)) {
      const values = axes.get(name)
      if (values === undefined) axes.set(name, new Set([value]))
      else values.add(value)
    }
  return [...axes]
    .map(([name, values]) => ({ name, values: [...values] }))
    .sort((a, b) => b.values.length - a.values.length)
}
