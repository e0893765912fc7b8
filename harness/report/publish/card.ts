import { type CaseResult, caseResults } from '../../log/cases.ts'
import { groupBy } from '../../log/group.ts'
import { summarise } from '../../log/summary.ts'
import type { TargetSummary } from '../../log/targets.ts'
import type { Totals } from '../../log/totals.ts'
import { totalsOf } from '../../log/totals.ts'
import type { RunEvent, RunInput } from '../../model/run-log.ts'
import { type LevelFigures, levelFigures } from './standing.ts'

/** Schema version of `summary.json` in a published report. */
export const CARD_SCHEMA = 1

/** The number of packets whose verdicts are known in each way. */
export interface Shares {
  readonly wire: number
  readonly log: number
  readonly self: number
}

export interface SuiteCard {
  readonly name: string
  readonly totals: Totals
  readonly core: LevelFigures
  readonly extended: LevelFigures
  readonly provisional: LevelFigures
  readonly known: Shares
}

/** A published report in short: `summary.json`. All of it comes from the run log, and the index is made from it alone. */
export interface Card {
  readonly schema: typeof CARD_SCHEMA
  readonly implementation: string
  readonly version: string
  readonly target: string
  readonly run: {
    readonly id: string
    readonly flowbreak: string
    readonly node: string
    readonly startedAt: string
    readonly seed: number
    readonly command: readonly string[]
  }
  readonly exitCode: number
  readonly totals: Totals
  readonly core: LevelFigures
  readonly extended: LevelFigures
  readonly provisional: LevelFigures
  readonly known: Shares
  readonly lacks: TargetSummary['lacks']
  /** The reasons for known failures, with the number of cases; absent: none. */
  readonly knownFailures?: readonly { readonly reason: string; readonly cases: number }[]
  readonly suites: readonly SuiteCard[]
  readonly inputs: { readonly suites: readonly RunInput[]; readonly captures: readonly RunInput[] }
}

/** The card of a run on one target; `name`: the name that it is published under. */
export function cardOf(
  events: readonly RunEvent[],
  name: { readonly implementation: string; readonly version: string },
): Card {
  const results = caseResults(events)
  const summary = summarise(events, results)
  const start = events.find((event) => event.type === 'run-started')
  const [target] = summary.targets
  return {
    schema: CARD_SCHEMA,
    implementation: name.implementation,
    version: name.version,
    target: target?.name ?? '',
    run: {
      id: start?.run ?? '',
      flowbreak: start?.flowbreak ?? '',
      node: start?.node ?? '',
      startedAt: start?.startedAt ?? '',
      seed: start?.seed ?? 0,
      command: start?.command ?? [],
    },
    exitCode: summary.exitCode,
    ...figuresOf(results),
    lacks: target?.lacks ?? [],
    ...reasonsOf(results),
    suites: [...groupBy(results, ({ case: test }) => test.suite)]
      .map(([suite, of]) => ({ name: suite, ...figuresOf(of) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    inputs: { suites: start?.suites ?? [], captures: start?.captures ?? [] },
  }
}

function figuresOf(results: readonly CaseResult[]) {
  return {
    totals: totalsOf(results),
    core: levelFigures(results, 'core'),
    extended: levelFigures(results, 'extended'),
    provisional: levelFigures(results, 'provisional'),
    known: sharesOf(results),
  }
}

function reasonsOf(results: readonly CaseResult[]): Pick<Card, 'knownFailures'> {
  const known = results.filter(({ outcome }) => outcome === 'known-failure')
  const reasons = groupBy(known, ({ detail = '' }) => detail)
  if (reasons.size === 0) return {}
  return { knownFailures: [...reasons].map(([reason, of]) => ({ reason, cases: of.length })) }
}

function sharesOf(results: readonly CaseResult[]): Shares {
  const counts = { wire: 0, log: 0, self: 0 }
  for (const { finished } of results)
    for (const letter of finished?.trace?.knowledge ?? '') {
      if (letter === 'w') counts.wire++
      else if (letter === 'l') counts.log++
      else if (letter === 's') counts.self++
    }
  return counts
}
