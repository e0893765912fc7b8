import type { Command } from 'commander'
import { UnfinishedRun } from '../log/unfinished.ts'
import { FlowbreakError } from '../support/errors.ts'
import { parsed } from './command.ts'
import { findLog } from './report-find.ts'
import { type RunChoices, runCommand } from './run-command.ts'

/** Options that change only how a run is observed and who plays it, and not its results. */
const FREELY = ['reporter', 'workers', 'queue', 'metrics', 'log', 'logLevel'] as const

/** Options allowed with --resume; all others are as the run was begun. */
const FREE: ReadonlySet<string> = new Set(['resume', ...FREELY, 'debug'])

export interface Resumed {
  readonly options: RunChoices
  readonly suites: readonly string[]
  readonly unfinished: UnfinishedRun
}

/** The run to resume, which `resume` names, with the options that it was begun with. */
export async function resumedBy(command: Command, resume: string): Promise<Resumed> {
  const given = command.opts<RunChoices>()
  const changing = command.options.find(
    (option) =>
      !FREE.has(option.attributeName()) && command.getOptionValueSource(option.attributeName()) === 'cli',
  )
  const other = changing?.long ?? command.args[0]
  if (other !== undefined)
    throw new FlowbreakError(
      'ERR_USAGE',
      `--resume continues a run with the options that it began with, and ${other} would change them: leave it out, or start a new run.`,
    )
  const unfinished = new UnfinishedRun(await findLog(resume))
  const begun = runCommand()
  await parsed(begun, unfinished.started.command.slice(2))
  const chosen = FREELY.map((name) => [name, given[name]] as const).filter(([, value]) => value !== undefined)
  // Workers or a queue named here replace those that it was begun with.
  const elsewhere =
    given.queue !== undefined || given.workers !== undefined ? { queue: undefined, workers: undefined } : {}
  return {
    options: { ...begun.opts<RunChoices>(), ...elsewhere, ...Object.fromEntries(chosen) },
    suites: begun.args,
    unfinished,
  }
}
