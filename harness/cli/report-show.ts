import type { Command } from 'commander'
import { readRunLog } from '../log/read.ts'
import { parseReporters, REPORTERS, type ReportersAsked } from '../report/index.ts'
import { newCommand, repeatable } from './command.ts'
import { configOption } from './configured.ts'
import { findLog, RUN_WORDS } from './report-find.ts'
import { deliverBeside, deliverReports } from './reports.ts'

/** `flowbreak report show [RUN…]` */
export function showCommand(): Command {
  return configOption(
    newCommand('show', 'Reports an earlier run again, or several runs side by side (html).'),
  )
    .argument('[run...]', `${RUN_WORDS} (default: the latest)`)
    .option(
      '--reporter <name[=file]>',
      `${Object.keys(REPORTERS).join(', ')}; may be repeated (default console)`,
      repeatable,
    )
    .option('--json', 'the same as --reporter json')
    .option('--debug', 'show where an error comes from')
    .action(async (runs: readonly string[], asked: ReportersAsked & { config?: string }) => {
      const choices = parseReporters(asked)
      const named = runs.length === 0 ? [undefined] : runs
      const logs = await Promise.all(named.map((run) => findLog(run, asked.config)))
      const [events = [], ...others] = logs.map(readRunLog)
      if (others.length === 0) deliverReports(choices, events)
      else deliverBeside(choices, [events, ...others])
    })
}
