import { join } from 'node:path'
import type { Command } from 'commander'
import { readRunLog } from '../log/read.ts'
import { summarise } from '../log/summary.ts'
import type { RunEvent } from '../model/run-log.ts'
import { indexHtml } from '../report/publish/index-html.ts'
import { indexMarkdown } from '../report/publish/index-markdown.ts'
import { pathWord, publishRun } from '../report/publish/publish.ts'
import { publishedBelow } from '../report/publish/published.ts'
import { LEVELS, levelWords } from '../report/publish/words.ts'
import { writeReport } from '../report/write-report.ts'
import { counted } from '../support/counted.ts'
import { FlowbreakError } from '../support/errors.ts'
import { newCommand } from './command.ts'
import { configOption } from './configured.ts'
import { print } from './output.ts'
import { findLog, RUN_WORDS } from './report-find.ts'
import { verifyLog } from './report-verify.ts'

interface Options {
  readonly config?: string
  readonly as?: string
  readonly to: string
  readonly replace?: true
  readonly json?: true
}

/** `flowbreak report publish RUN` */
export function publishCommand(): Command {
  return configOption(
    newCommand(
      'publish',
      'Publishes the report of a run, with instructions to reproduce it, and updates the index of all reports.',
    ),
  )
    .argument('<run>', RUN_WORDS)
    .option(
      '--as <implementation[/version]>',
      'the name to publish it under (default: name and version of its target)',
    )
    .option('--to <dir>', 'the folder of all published reports', 'reports')
    .option('--replace', 'replace the report of another run of that version')
    .option('--json', 'print what was published as JSON')
    .option('--debug', 'show where an error comes from')
    .action((run: string, options: Options) => publish(run, options))
}

async function publish(run: string, { config, as, to, replace, json }: Options): Promise<void> {
  const log = await findLog(run, config)
  const events = readRunLog(log)
  const name = nameOf(events, as)
  requireWhole(log)
  const { folder, card } = publishRun({ log, events, to, name, replace: replace === true })
  const all = publishedBelow(to)
  const index = [join(to, 'index.html'), join(to, 'README.md')]
  writeReport(join(to, 'index.html'), indexHtml(all))
  writeReport(join(to, 'README.md'), indexMarkdown(all))
  if (json) print(`${JSON.stringify({ folder, index, summary: card }, null, 2)}\n`)
  else
    print(
      [
        `${folder}: ${LEVELS.map((level) => `${level} ${levelWords(card[level], level)}`).join(', ')}`,
        ...index.map((file) => `index: ${file}, of ${counted(all.length, 'report')}`),
        '',
      ].join('\n'),
    )
}

/** Refuses to publish a log that fails verification. */
function requireWhole(log: string): void {
  const { findings } = verifyLog(log)
  const [first] = findings
  if (first === undefined) return
  const more = findings.length === 1 ? '' : ` (and ${findings.length - 1} more: flowbreak report verify)`
  throw new FlowbreakError('ERR_PUBLISH', `${log} is not published: ${first.message}${more}`)
}

function nameOf(events: readonly RunEvent[], as: string | undefined) {
  const { targets, reason } = summarise(events)
  const [target, another] = targets
  if (reason !== 'completed')
    throw new FlowbreakError(
      'ERR_PUBLISH',
      `The run is ${reason}: only a run that was completed is published.`,
    )
  if (target === undefined || another !== undefined)
    throw new FlowbreakError(
      'ERR_PUBLISH',
      `A report is of one target, and this run has ${targets.length}: run each with one --target.`,
    )
  const [implementation = '', version = target.version ?? ''] = (as ?? target.name).split('/')
  const name = { implementation: pathWord(implementation), version: pathWord(version) }
  if (name.implementation !== '' && name.version !== '' && (as ?? '').split('/').length <= 2) return name
  throw new FlowbreakError(
    'ERR_PUBLISH',
    as === undefined
      ? 'The target gives no name or version that a folder can have: name them with --as NAME/VERSION.'
      : `--as takes NAME or NAME/VERSION of letters, digits, dots and hyphens, not ${as}.`,
  )
}
