import { cpSync, existsSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { COLLECTED, EVIDENCE, isUnfinished } from '../log/evidence.ts'
import { mergeRuns } from '../log/merge.ts'
import { readRunLog } from '../log/read.ts'
import { RunLogWriter } from '../log/write.ts'
import { parseReporters, REPORTERS, type ReportersAsked } from '../report/index.ts'
import { ExitCode, FlowbreakError, reasonOf } from '../support/errors.ts'
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
  const file = join(folder, 'run.ndjson')
  try {
    const writer = new RunLogWriter(file)
    for (const event of events) writer.append(event)
    await writer.close()
    for (const log of logs) copyBeside(log, folder)
  } catch (thrown) {
    // Half a merged run would pass for the latest one, and cannot be resumed.
    rmSync(folder, { recursive: true, force: true })
    if (thrown instanceof FlowbreakError && thrown.code !== 'ERR_LOG_WRITE') throw thrown
    throw new FlowbreakError(
      'ERR_LOG_WRITE',
      `The merged run ${folder} cannot be written (${reasonOf(systemError(thrown))}): make room there, or name another folder with --output.`,
      { exitCode: ExitCode.broken, cause: thrown },
    )
  }
  process.stderr.write(`merged run: ${file}\n`)
  deliverReports(choices, events)
  const end = events.at(-1)
  return end?.type === 'run-finished' ? (end.exitCode as ExitCode) : ExitCode.broken
}

/** Copies the evidence beside a log, and what devices had recorded. Throws the system's error. */
function copyBeside(log: string, folder: string): void {
  for (const place of [EVIDENCE, COLLECTED]) {
    const beside = join(dirname(log), place)
    if (existsSync(beside))
      cpSync(beside, join(folder, place), { recursive: true, filter: (path) => !isUnfinished(path) })
  }
}

/** What made an error of the log's writer. */
function systemError(thrown: unknown): unknown {
  return thrown instanceof FlowbreakError ? (thrown.cause ?? thrown) : thrown
}
