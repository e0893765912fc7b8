import { type CaseResult, caseResults } from '../log/cases.ts'
import { summarise } from '../log/summary.ts'
import type { CaseFinished, RunEvent, Sighted } from '../model/run-log.ts'
import { jsonPieces } from './json-list.ts'

/** Schema version of the JSON report, raised when a field is removed or changes its meaning, but not for a new one. */
export const JSON_SCHEMA = 1

/** `{schema, run, summary, cases}`: one object for each case and target, without the packets (these are in the run log). */
export function renderJson(events: readonly RunEvent[]): string {
  return [...jsonReport(events)].join('')
}

/** The same in pieces. */
export function* jsonReport(events: readonly RunEvent[]): Generator<string> {
  const results = caseResults(events)
  const head = { schema: JSON_SCHEMA, run: runOf(events), summary: summarise(events, results) }
  yield* jsonPieces((cases) => ({ ...head, cases }), results, caseOf)
  yield '\n'
}

/** What is known about the run itself; of several merged runs, the first. */
export function runOf(events: readonly RunEvent[]) {
  const start = events.find((event) => event.type === 'run-started')
  const end = events.findLast((event) => event.type === 'run-finished')
  return {
    id: start?.run ?? '',
    flowbreak: start?.flowbreak ?? '',
    node: start?.node ?? '',
    startedAt: start?.startedAt ?? '',
    finishedAt: end?.finishedAt ?? null,
    seed: start?.seed ?? 0,
    command: start?.command ?? [],
  }
}

function caseOf({ case: test, target, outcome, detail, finished }: CaseResult) {
  const { name, suite, file, line, rows, tags, requirement, axes, capture, policy, profile } = test
  return {
    name,
    suite,
    target,
    outcome,
    ...(detail === undefined ? {} : { detail }),
    requirement,
    axes,
    rows,
    tags,
    policy,
    profile,
    file,
    line,
    capture,
    ...(finished === undefined ? {} : playedOf(finished)),
  }
}

function playedOf(finished: CaseFinished) {
  const { attempt, durationMs, tally, mismatches, counters, impact, knowledge } = finished
  const { sightings, outages, evidence, collected } = finished
  return {
    attempt,
    durationMs,
    tally,
    mismatches,
    counters,
    ...(impact === undefined ? {} : { impact }),
    ...(knowledge === undefined ? {} : { knowledge }),
    ...(sightings === undefined ? {} : { sightings: sightings.map((each) => sightingOf(each, finished)) }),
    ...(outages === undefined ? {} : { outages }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(collected === undefined ? {} : { collected }),
  }
}

/** Packets are given by their capture numbers; 0: made by an injection. */
function sightingOf({ kind, indices, ...rest }: Sighted, { trace }: CaseFinished) {
  return { kind, packets: indices.map((index) => trace?.number[index] ?? 0), ...rest }
}
