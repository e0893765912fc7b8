import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readRunLog } from '../log/read.ts'
import { parseReporter } from '../report/index.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { newCommand, parsed, repeatable } from './command.ts'
import { deliverReports } from './reports.ts'

/** Where `run` puts its logs unless told otherwise. */
const RUNS = 'reports/runs'
const LOG = 'run.ndjson'

/** `flowbreak report show [RUN]`: reports of a run that is over, made from its log. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  const command = newCommand('report', 'Makes reports of earlier runs.')
  command.addCommand(
    newCommand('show', 'Shows a run again, from its log.')
      .argument('[run]', `a run log, the folder of one, or a run's name below ${RUNS} (default: the latest)`)
      .option(
        '--reporter <name[=file]>',
        'console, json, ndjson, junit or html; may be repeated (default console)',
        repeatable,
      )
      .option('--json', 'the same as --reporter json')
      .option('--debug', 'show where an error comes from')
      .action((run: string | undefined, options: { reporter?: readonly string[]; json?: true }) => {
        const names = options.reporter ?? [options.json ? 'json' : 'console']
        const choices = names.map(parseReporter)
        deliverReports(choices, readRunLog(findLog(run)))
      }),
  )
  await parsed(command, args.length === 0 ? ['--help'] : args)
  return ExitCode.ok
}

/** The log that a word means; ERR_RUN_NOT_FOUND. */
function findLog(run: string | undefined): string {
  const places = run === undefined ? latest() : [run, join(run, LOG), join(RUNS, run, LOG)]
  const found = places.find((place) => existsSync(place) && statSync(place).isFile())
  if (found !== undefined) return found
  throw new FlowbreakError(
    'ERR_RUN_NOT_FOUND',
    run === undefined
      ? `There are no runs in ${RUNS}: play one with flowbreak run, or name a run log.`
      : `There is no run ${run}: name a run log, its folder, or a run below ${RUNS}.`,
  )
}

/** The newest run's log; the names of runs sort by time. */
function latest(): readonly string[] {
  if (!existsSync(RUNS)) return []
  return readdirSync(RUNS)
    .sort()
    .reverse()
    .map((name) => join(RUNS, name, LOG))
}
