import type { Command } from 'commander'
import { readRunLog } from '../log/read.ts'
import { parseReporters, REPORTERS, type ReportersAsked } from '../report/index.ts'
import { newCommand, repeatable } from './command.ts'
import { findLog, RUN_WORDS } from './report-find.ts'
import { deliverBeside, deliverReports } from './reports.ts'

/** `flowbreak report show [RUN…]` */
export function showCommand(): Command {
  return newCommand('show', 'Reports an earlier run again, or several runs side by side (html).')
    .argument('[run...]', `${RUN_WORDS} (default: the latest)`)
    .option(
      '--reporter <name[=file]>',
      `${Object.keys(REPORTERS).join(', ')}; may be repeated (default console)`,
      repeatable,
    )
    .option('--json', 'the same as --reporter json')
    .option('--debug', 'show where an error comes from')
    .action((runs: readonly string[], asked: ReportersAsked) => {
      const choices = parseReporters(asked)
      if (runs.length < 2) deliverReports(choices, readRunLog(findLog(runs[0])))
      else
        deliverBeside(
          choices,
          runs.map((run) => readRunLog(findLog(run))),
        )
    })
}
