import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PUBLISHED_LOG } from '../report/publish/published.ts'
import { FlowbreakError } from '../support/errors.ts'
import { configured } from './configured.ts'

/** The default folder of `run` for its logs. */
const RUNS = 'reports/runs'
const LOG = 'run.ndjson'

/** The description of the argument in a verb's help. */
export const RUN_WORDS = `a run log, the folder of one or of a published report, or a run's name below ${RUNS} or the configured output`

/**
 * The log that a word means; without a word, that of the latest run. Names of runs, and the latest one, are looked for in the `output` of
 * the named configuration or the nearest one, and without that in `RUNS`. Throws ERR_RUN_NOT_FOUND, ERR_CONFIG.
 */
export async function findLog(run: string | undefined, config?: string): Promise<string> {
  const direct = run === undefined ? [] : [run, join(run, LOG), join(run, PUBLISHED_LOG)].filter(isFile)
  // A log that is named by its path needs no configuration, which may be wrong.
  if (direct[0] !== undefined && config === undefined) return direct[0]
  const folder = await runsFolder(config)
  const named = run === undefined ? latest(folder) : [join(folder, run, LOG)]
  const found = direct[0] ?? named.find(isFile)
  if (found !== undefined) return found
  throw new FlowbreakError(
    'ERR_RUN_NOT_FOUND',
    run === undefined
      ? `There are no runs in ${folder}: play one with flowbreak run, or name a run log.`
      : `There is no run ${run}: name a run log, its folder, or a run below ${folder}.`,
  )
}

/** The folder of run logs. Throws ERR_CONFIG. */
export async function runsFolder(config: string | undefined): Promise<string> {
  return (await configured(config)).settings.output ?? RUNS
}

/** The newest run's log, before those of older runs; the names of runs sort by time. */
function latest(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .sort()
    .reverse()
    .map((name) => join(folder, name, LOG))
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}
