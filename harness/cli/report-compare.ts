import type { Command } from 'commander'
import { readRunLog } from '../log/read.ts'
import type { RunEvent } from '../model/run-log.ts'
import { type Changes, changesOf } from '../report/changes/changes.ts'
import { changesConsole } from '../report/changes/console.ts'
import { changesJson } from '../report/changes/json.ts'
import { changesMarkdown } from '../report/changes/markdown.ts'
import { checkDestinations } from '../report/destinations.ts'
import { renderRuns } from '../report/html.ts'
import { type ReportersAsked, reporterWords } from '../report/index.ts'
import { PLAIN_SCREEN, type Screen, screenOf } from '../report/screen.ts'
import { writeReport } from '../report/write-report.ts'
import { didYouMean } from '../support/did-you-mean.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { newCommand, repeatable } from './command.ts'
import { configOption } from './configured.ts'
import { print } from './output.ts'
import { findLog, RUN_WORDS } from './report-find.ts'

interface Format {
  /** `runs`: the logs themselves, for the format that shows both side by side. */
  readonly render: (changes: Changes, screen: Screen, runs: readonly (readonly RunEvent[])[]) => string
  /** Whether it is one document, read by programs. */
  readonly alone?: true
}

const FORMATS: Readonly<Record<string, Format>> = {
  console: { render: changesConsole },
  json: { render: changesJson, alone: true },
  markdown: { render: changesMarkdown },
  html: { render: (_changes, _screen, runs) => renderRuns(runs), alone: true },
}

/** `flowbreak report compare OLD NEW`; `leave` is called with exit code 1 if a case that passed does not pass any more. */
export function compareCommand(leave: (code: ExitCode) => void): Command {
  return configOption(newCommand('compare', 'Compares two runs: regressions, repairs, new cases, times.'))
    .argument('<old>', RUN_WORDS)
    .argument('<new>', 'the newer run, named in the same way')
    .option(
      '--reporter <name[=file]>',
      `${Object.keys(FORMATS).join(', ')}; may be repeated (default console)`,
      repeatable,
    )
    .option('--json', 'the same as --reporter json')
    .option('--debug', 'show where an error comes from')
    .action(async (old: string, now: string, asked: ReportersAsked & { config?: string }) => {
      const choices = reporterWords(asked).map(choiceOf)
      checkDestinations(choices)
      const runs = [
        readRunLog(await findLog(old, asked.config)),
        readRunLog(await findLog(now, asked.config)),
      ] as const
      const changes = changesOf(...runs)
      const screen = screenOf(process.stdout, process.env)
      for (const { name, render, file } of choices) {
        if (file === undefined) print(render(changes, screen, runs))
        else {
          writeReport(file, render(changes, PLAIN_SCREEN, runs))
          process.stderr.write(`${name} report: ${file}\n`)
        }
      }
      if (changes.regressions.length > 0) leave(ExitCode.failed)
    })
}

function choiceOf(text: string) {
  const [name = '', ...rest] = text.split('=')
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined
  const file = rest.length === 0 ? undefined : rest.join('=')
  if (format === undefined || file === '')
    throw new FlowbreakError(
      'ERR_REPORTER',
      `"${text}" is not a reporter of a comparison: use ${Object.keys(FORMATS).join(', ')}, or one of them with =FILE.${didYouMean(name, Object.keys(FORMATS))}`,
    )
  return { name, file, render: format.render, alone: format.alone ?? false }
}
