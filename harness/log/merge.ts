import type { MergedRun, RunEvent, RunInput } from '../model/run-log.ts'
import { caseResults } from './cases.ts'
import { missingShards, repeatedShards } from './shards.ts'
import { summarise } from './summary.ts'

type Started = RunEvent & { readonly type: 'run-started' }
type Finished = RunEvent & { readonly type: 'run-finished' }
type Warning = RunEvent & { readonly type: 'warning' }

/** Who merges, and when. */
export interface Merging {
  readonly run: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly command: readonly string[]
}

/**
 * One log of several runs: their events one after another, between one start and one end. If several runs have the same case, its
 * results are combined as within one log (`caseResults`): no later run hides what an earlier one saw. A run that is given
 * twice is taken once; parts that are missing or duplicate, and runs of different versions, become warnings. If a part is missing or
 * was not completed, the whole is `interrupted`.
 */
export function mergeRuns(logs: readonly (readonly RunEvent[])[], { run, at, command }: Merging): RunEvent[] {
  const { kept, warnings } = onceEach(logs)
  const starts = kept.flatMap(startOf)
  const [first] = starts
  const parts = starts.map(partOf)
  warnings.push(...shardWarnings(parts), ...versionWarnings(starts))
  const whole = kept.every((events) => summarise(events).reason === 'completed')
  const missing = missingShards(parts.map(({ shard }) => shard))
  const inside = warnedOnce(
    kept.flat().filter(({ type }) => type !== 'run-started' && type !== 'run-finished'),
  )
  const start: Started = {
    type: 'run-started',
    schema: 1,
    run,
    flowbreak: first?.flowbreak ?? '',
    node: first?.node ?? '',
    startedAt: starts.map(({ startedAt }) => startedAt).sort()[0] ?? at,
    planned: caseResults(inside).length + kept.reduce((sum, events) => sum + unplayed(events), 0),
    seed: first?.seed ?? 0,
    command,
    suites: inputsOf(starts.map(({ suites }) => suites)),
    captures: inputsOf(starts.map(({ captures }) => captures)),
    merged: parts,
  }
  const told: RunEvent[] = [start, ...warnings, ...inside]
  const end = (exitCode: number): Finished => ({
    type: 'run-finished',
    reason: whole && missing.length === 0 ? 'completed' : 'interrupted',
    finishedAt: at,
    totals: summarise(told).totals,
    exitCode,
  })
  return [...told, end(summarise([...told, end(0)]).exitCode)]
}

function startOf(events: readonly RunEvent[]): Started[] {
  const start = events.find((event) => event.type === 'run-started')
  return start?.type === 'run-started' ? [start] : []
}

/** Leaves out warnings that an earlier run has given in the same words: each part of a run warns of what its cases have in common. */
function warnedOnce(events: readonly RunEvent[]): readonly RunEvent[] {
  const seen = new Set<string>()
  return events.filter((event) => {
    if (event.type !== 'warning') return true
    const text = JSON.stringify(event)
    const isNew = !seen.has(text)
    seen.add(text)
    return isNew
  })
}

/** The number of cases that a run was to play and did not. */
function unplayed(events: readonly RunEvent[]): number {
  const { planned, cases } = summarise(events)
  return Math.max(0, planned - cases)
}

function partOf({ run, startedAt, seed, planned, command, shard, costs }: Started): MergedRun {
  return {
    run,
    startedAt,
    seed,
    planned,
    command,
    ...(shard === undefined ? {} : { shard }),
    ...(costs === undefined ? {} : { costs }),
  }
}

function onceEach(logs: readonly (readonly RunEvent[])[]) {
  const seen = new Set<string>()
  const kept: (readonly RunEvent[])[] = []
  const warnings: Warning[] = []
  for (const events of logs) {
    const id = startOf(events)[0]?.run ?? ''
    if (seen.has(id))
      warnings.push(warning('WARN_MERGE_TWICE', `Run ${id} was given twice, and is taken once.`))
    else kept.push(events)
    seen.add(id)
  }
  return { kept, warnings }
}

function shardWarnings(parts: readonly MergedRun[]): Warning[] {
  const shards = parts.map(({ shard }) => shard)
  const costs = new Set(parts.flatMap(({ shard, costs }) => (shard === undefined ? [] : [costs])))
  return [
    ...(costs.size > 1
      ? [
          warning(
            'WARN_SHARD_COSTS',
            'The parts were not divided by the same costs: a case may be missing, or be in two of them.',
          ),
        ]
      : []),
    ...missingShards(shards).map((shard) => warning('WARN_SHARD_MISSING', `Part ${shard} is missing.`)),
    ...repeatedShards(shards).map((shard) =>
      warning(
        'WARN_SHARD_REPEATED',
        `Part ${shard} is there more than once: its cases are taken as played again.`,
      ),
    ),
  ]
}

/** Warnings about versions that differ between runs: their results are about different things. */
function versionWarnings(starts: readonly Started[]): Warning[] {
  const versions = [...new Set(starts.map(({ flowbreak }) => flowbreak))]
  const hashes = new Map<string, Set<string>>()
  for (const { file, sha256 } of starts.flatMap(({ suites = [], captures = [] }) => [...suites, ...captures]))
    hashes.set(file, (hashes.get(file) ?? new Set()).add(sha256))
  return [
    ...(versions.length > 1
      ? [
          warning(
            'WARN_MERGE_VERSIONS',
            `The runs are of different versions of flowbreak: ${versions.join(', ')}.`,
          ),
        ]
      : []),
    ...[...hashes].flatMap(([file, found]) =>
      found.size > 1 ? [warning('WARN_MERGE_INPUTS', `The runs had different versions of ${file}.`)] : [],
    ),
  ]
}

function warning(code: string, message: string): Warning {
  return { type: 'warning', code, message }
}

function inputsOf(lists: readonly (readonly RunInput[] | undefined)[]): readonly RunInput[] {
  const all = lists.flatMap((list) => list ?? [])
  const known = new Map(all.map((input) => [`${input.file} ${input.sha256}`, input]))
  return [...known.values()].sort((a, b) => (a.file < b.file ? -1 : 1))
}
