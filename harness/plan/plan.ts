import type { Case } from '../model/case.ts'
import type { LoadedSuite } from '../suite/cases.ts'
import { FlowbreakError } from '../support/errors.ts'
import { type Costs, divide } from './division.ts'
import { compileSelection, type Selection } from './select.ts'
import { isInShard, type Shard } from './shard.ts'

export interface PlanOptions extends Selection {
  readonly shard?: Shard | undefined
  /** What shards are balanced by; absent: the name of a case alone decides its shard. */
  readonly costs?: Costs | undefined
}

export interface Plan {
  /** The cases to play: suites in order of name, cases in the order of their suite. */
  readonly cases: readonly Case[]
  /** The number of cases in the suites. */
  readonly total: number
  /** The number of selected cases, over all shards. */
  readonly selected: number
}

/** Selects and orders the cases of a run; the order depends on names only. Throws ERR_SUITE_DUPLICATE if two have the same name. */
export function planCases(
  suites: readonly Pick<LoadedSuite, 'name' | 'file' | 'cases'>[],
  options: PlanOptions = {},
): Plan {
  const ordered = [...suites].sort((a, b) => compare(a.name, b.name) || compare(a.file, b.file))
  const all = ordered.flatMap(({ cases }) => cases)
  refuseDuplicates(all)
  const { shard, costs } = options
  const selected = all.filter(compileSelection(options))
  return { cases: partOf(selected, shard, costs), total: all.length, selected: selected.length }
}

function partOf(cases: readonly Case[], shard: Shard | undefined, costs: Costs | undefined): readonly Case[] {
  if (shard === undefined) return cases
  return costs === undefined
    ? cases.filter(({ name }) => isInShard(name, shard))
    : divide(cases, shard, costs)
}

function refuseDuplicates(cases: readonly Case[]): void {
  const seen = new Map<string, Case>()
  for (const test of cases) {
    const other = seen.get(test.name)
    if (other !== undefined)
      throw new FlowbreakError(
        'ERR_SUITE_DUPLICATE',
        `${test.file}:${test.line}:1: The case "${test.name}" is also in ${other.file}:${other.line}: rename one of them.`,
      )
    seen.set(test.name, test)
  }
}

function compare(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1
}
