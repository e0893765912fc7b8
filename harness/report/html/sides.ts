import { type CaseResult, caseResults } from '../../log/cases.ts'
import { type RunSummary, summarise } from '../../log/summary.ts'
import type { RunEvent } from '../../model/run-log.ts'
import { runOf } from '../json.ts'
import type { Side } from './view.ts'

/** A run as the page shows it. */
export interface ShownRun {
  readonly run: ReturnType<typeof runOf>
  readonly summary: RunSummary
  readonly results: readonly CaseResult[]
  readonly events: readonly RunEvent[]
  /** One for each target. */
  readonly sides: readonly Side[]
}

/** Runs, each with its sides; if there are several runs, the names of sides tell them apart. */
export function shownRuns(runs: readonly (readonly RunEvent[])[]): readonly ShownRun[] {
  const shown = runs.map((events) => ({ events, run: runOf(events) }))
  const ids = shown.map(({ run }) => run.id)
  const one = shown.length === 1
  const alike = new Set(ids).size < ids.length
  return shown.map(({ events, run }, at) => {
    const results = caseResults(events)
    const summary = summarise(events, results)
    const label = alike ? `${run.id} (${at + 1})` : run.id
    const sides = summary.targets.map(({ name, version = '' }): Side => {
      return {
        name: one ? name : `${name} of ${label}`,
        target: name,
        version,
        run: run.id,
        seed: run.seed,
        options: optionsOf(run.command),
      }
    })
    return { events, run, results, summary, sides }
  })
}

/** Options of a command that define targets or cases; all others select cases or reports. */
const KEPT = new Set(['--config', '--profile', '--fold'])

function optionsOf(command: readonly string[]): readonly string[] {
  return command.flatMap((word, at) => {
    const [name = '', ...value] = word.split('=')
    if (!KEPT.has(name)) return []
    return value.length > 0 ? [word] : [word, command[at + 1] ?? '']
  })
}
