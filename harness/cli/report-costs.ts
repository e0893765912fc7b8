import type { Command } from 'commander'
import { costsOf } from '../log/costs.ts'
import { streamRunLog } from '../log/read.ts'
import { costsText, roundedCosts } from '../plan/costs.ts'
import { newCommand } from './command.ts'
import { findLog, RUN_WORDS } from './report-find.ts'

/** `flowbreak report costs [RUN…]` */
export function costsCommand(): Command {
  return newCommand('costs', 'Prints how long each case of earlier runs took, for run --shard-costs.')
    .argument('[run...]', `${RUN_WORDS} (default: the latest)`)
    .option('--debug', 'show where an error comes from')
    .action((runs: readonly string[]) => {
      const logs = runs.length === 0 ? [findLog(undefined)] : runs.map(findLog)
      process.stdout.write(costsText(roundedCosts(costsOf(allOf(logs)))))
    })
}

function* allOf(logs: readonly string[]) {
  for (const log of logs) yield* streamRunLog(log)
}
