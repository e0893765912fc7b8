import { type CaseResult, caseResults } from '../../log/cases.ts'
import type { RunEvent } from '../../model/run-log.ts'
import { reasonOf } from '../first-difference.ts'
import { runOf } from '../json.ts'

/** A case of both runs with different results. */
export interface Change {
  readonly name: string
  readonly target: string
  readonly file: string
  readonly line: number
  readonly before: CaseResult['outcome']
  readonly after: CaseResult['outcome']
  /** The reason for its present result, if that is not as expected. */
  readonly reason?: string
}

/** A case of only one of the runs. */
export interface Lone {
  readonly name: string
  readonly target: string
  readonly outcome: CaseResult['outcome']
}

export interface Timing {
  readonly before: number
  readonly after: number
  /** Cases that took longer, those with the greatest difference first; milliseconds. */
  readonly slower: readonly { readonly name: string; readonly before: number; readonly after: number }[]
}

/** The differences between an old run and a new one. */
export interface Changes {
  readonly old: ReturnType<typeof runOf>
  readonly new: ReturnType<typeof runOf>
  /** The number of cases in both. */
  readonly common: number
  /** Cases that passed before and do not now, for whatever reason. */
  readonly regressions: readonly Change[]
  /** Cases that did not pass before, and do now. */
  readonly repairs: readonly Change[]
  /** Other results that differ, and failures with another first difference. */
  readonly others: readonly Change[]
  readonly added: readonly Lone[]
  readonly vanished: readonly Lone[]
  /** Milliseconds, for the cases that both have played; absent: there are none. */
  readonly timing?: Timing
}

/** Most slower cases that are listed, and the least increase in milliseconds. */
const SLOWER = 10
const SLOWER_BY = 20

/** Compares two runs case by case; if each has one target, its name may differ. */
export function changesOf(old: readonly RunEvent[], now: readonly RunEvent[]): Changes {
  const [oldResults, newResults] = [caseResults(old), caseResults(now)]
  const alone = oneTarget(oldResults) && oneTarget(newResults)
  const keyOf = ({ case: test, target }: CaseResult) => (alone ? test.name : `${target}\n${test.name}`)
  const before = new Map(oldResults.map((result) => [keyOf(result), result]))
  const after = new Map(newResults.map((result) => [keyOf(result), result]))
  const regressions: Change[] = []
  const repairs: Change[] = []
  const others: Change[] = []
  const both: [CaseResult, CaseResult][] = []
  for (const [key, result] of after) {
    const was = before.get(key)
    if (was === undefined) continue
    both.push([was, result])
    if (was.outcome === 'pass' && result.outcome !== 'pass') regressions.push(changeOf(was, result))
    else if (BAD.has(was.outcome) && result.outcome === 'pass') repairs.push(changeOf(was, result))
    else if (was.outcome !== result.outcome || failsOtherwise(was, result)) others.push(changeOf(was, result))
  }
  return {
    old: runOf(old),
    new: runOf(now),
    common: both.length,
    regressions,
    repairs,
    others,
    added: [...after].flatMap(([key, result]) => (before.has(key) ? [] : [loneOf(result)])),
    vanished: [...before].flatMap(([key, result]) => (after.has(key) ? [] : [loneOf(result)])),
    ...timingOf(both),
  }
}

/** Outcomes that are not a pass; a pass listed as a known failure counts as a pass. */
const BAD: ReadonlySet<string> = new Set([
  'fail',
  'flaky',
  'error',
  'inconclusive',
  'skipped',
  'known-failure',
])

function oneTarget(results: readonly CaseResult[]): boolean {
  return new Set(results.map(({ target }) => target)).size <= 1
}

function failsOtherwise(was: CaseResult, result: CaseResult): boolean {
  return result.outcome === 'fail' && reasonOf(was) !== reasonOf(result)
}

function changeOf(was: CaseResult, result: CaseResult): Change {
  const { case: test, target, outcome } = result
  const { name, file, line } = test
  const reason = outcome === 'pass' ? {} : { reason: reasonOf(result) }
  return { name, target, file, line, before: was.outcome, after: outcome, ...reason }
}

function loneOf({ case: test, target, outcome }: CaseResult): Lone {
  return { name: test.name, target, outcome }
}

function timingOf(both: readonly (readonly [CaseResult, CaseResult])[]): Pick<Changes, 'timing'> {
  const played = both.flatMap(([{ finished: was }, { finished: now, case: test }]) =>
    was === undefined || now === undefined
      ? []
      : [{ name: test.name, before: was.durationMs, after: now.durationMs }],
  )
  if (played.length === 0) return {}
  const sum = (side: 'before' | 'after') =>
    Math.round(played.reduce((all, one) => all + one[side], 0) * 1000) / 1000
  const slower = played
    .filter(({ before, after }) => after - before >= SLOWER_BY)
    .sort((a, b) => b.after - b.before - (a.after - a.before))
    .slice(0, SLOWER)
  return { timing: { before: sum('before'), after: sum('after'), slower } }
}
