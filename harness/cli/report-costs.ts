import type { Command } from 'commander'
import { costsOf } from '../log/costs.ts'
import { streamRunLog } from '../log/read.ts'
import { costsText, roundedCosts } from '../plan/costs.ts'
import { newCommand } from './command.ts'
import { configOption } from './configured.ts'
import { findLog, RUN_WORDS } from './report-find.ts'

/** `flowbreak report costs [RUN…]` */
export function costsCommand(): Command {
  return configOption(
    newCommand('costs', 'Prints how long each case of earlier runs took, for run --shard-costs.'),
  )
    .argument('[run...]', `${RUN_WORDS} (default: the latest)`)
    .option('--debug', 'show where an error comes from')
    .action(async (runs: readonly string[], { config }: { config?: string }) => {
      const named = runs.length === 0 ? [undefined] : runs
      const logs = await Promise.all(named.map((run) => findLog(run, config)))
      process.stdout.write(costsText(roundedCosts(costsOf(allOf(logs)))))
    })
}

function* allOf(logs: readonly string[]) {
  for (const log of logs) yield* streamRunLog(log)
}
