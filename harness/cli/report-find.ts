import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PUBLISHED_LOG } from '../report/publish/published.ts'
import { FlowbreakError } from '../support/errors.ts'

/** The default folder of `run` for its logs. */
export const RUNS = 'reports/runs'
const LOG = 'run.ndjson'

/** The description of the argument in a verb's help. */
export const RUN_WORDS = `a run log, the folder of one or of a published report, or a run's name below ${RUNS}`

/** The log that a word means; without a word, that of the latest run. Throws ERR_RUN_NOT_FOUND. */
export function findLog(run: string | undefined): string {
  const places =
    run === undefined ? latest() : [run, join(run, LOG), join(run, PUBLISHED_LOG), join(RUNS, run, LOG)]
  const found = places.find((place) => existsSync(place) && statSync(place).isFile())
  if (found !== undefined) return found
  throw new FlowbreakError(
    'ERR_RUN_NOT_FOUND',
    run === undefined
      ? `There are no runs in ${RUNS}: play one with flowbreak run, or name a run log.`
      : `There is no run ${run}: name a run log, its folder, or a run below ${RUNS}.`,
  )
}

/** The newest run's log, as a list; the names of runs sort by time. */
function latest(): readonly string[] {
  if (!existsSync(RUNS)) return []
  return readdirSync(RUNS)
    .sort()
    .reverse()
    .map((name) => join(RUNS, name, LOG))
}
