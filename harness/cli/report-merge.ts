import { cpSync, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { COLLECTED, EVIDENCE, isUnfinished } from '../log/evidence.ts'
import { mergeRuns } from '../log/merge.ts'
import { readRunLog } from '../log/read.ts'
import { RunLogWriter } from '../log/write.ts'
import { parseReporters, REPORTERS, type ReportersAsked } from '../report/index.ts'
import { ExitCode } from '../support/errors.ts'
import { newCommand, repeatable } from './command.ts'
import { configOption } from './configured.ts'
import { findLog, RUN_WORDS, runsFolder } from './report-find.ts'
import { deliverReports } from './reports.ts'
import { runId } from './run-id.ts'

interface Options extends ReportersAsked {
  readonly config?: string
  readonly output?: string
}

/** `flowbreak report merge RUN…`; `leave` is called with the exit code of the merged results. */
export function mergeCommand(leave: (code: ExitCode) => void): Command {
  return configOption(
    newCommand(
      'merge',
      'Merges several runs into one: the parts of a run (--shard), or a run and repetitions of some of its cases.',
    ),
  )
    .argument('<run...>', RUN_WORDS)
    .option('-o, --output <dir>', 'the folder for the merged run (default: that of run)')
    .option(
      '--reporter <name[=file]>',
      `${Object.keys(REPORTERS).join(', ')}; may be repeated (default console)`,
      repeatable,
    )
    .option('--json', 'the same as --reporter json')
    .option('--debug', 'show where an error comes from')
    .action(async (runs: readonly string[], options: Options) => leave(await merge(runs, options)))
}

async function merge(runs: readonly string[], { config, output, ...asked }: Options): Promise<ExitCode> {
  const choices = parseReporters(asked)
  const logs = await Promise.all(runs.map((name) => findLog(name, config)))
  const run = runId()
  const events = mergeRuns(logs.map(readRunLog), {
    run,
    at: new Date().toISOString(),
    command: ['flowbreak', 'report', 'merge', ...runs],
  })
  const folder = join(output ?? (await runsFolder(config)), run)
  const writer = new RunLogWriter(join(folder, 'run.ndjson'))
  for (const event of events) writer.append(event)
  await writer.close()
  for (const log of logs) {
    for (const place of [EVIDENCE, COLLECTED]) {
      const beside = join(dirname(log), place)
      if (existsSync(beside))
        cpSync(beside, join(folder, place), { recursive: true, filter: (path) => !isUnfinished(path) })
    }
  }
  process.stderr.write(`merged run: ${writer.file}\n`)
  deliverReports(choices, events)
  const end = events.at(-1)
  return end?.type === 'run-finished' ? (end.exitCode as ExitCode) : ExitCode.broken
}
