import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Command } from 'commander'
import { evidenceFrames } from '../author/bug/evidence-frames.ts'
import type { CaseFrames } from '../author/bug/frames.ts'
import { writeBug } from '../author/bug/write.ts'
import { COLLECTED, EVIDENCE_CAPTURE } from '../log/evidence.ts'
import { readRunLog } from '../log/read.ts'
import type { CaseFinished, RunEvent } from '../model/run-log.ts'
import { pathWord } from '../report/publish/publish.ts'
import { loadRecorded } from '../timeline/recorded.ts'
import { caseNamed, fileOfRun } from './case-named.ts'
import { newCommand } from './command.ts'
import { configOption } from './configured.ts'
import { print } from './output.ts'
import { findLog, RUN_WORDS } from './report-find.ts'

interface Options {
  readonly config?: string
  readonly run?: string
  readonly target?: string
  readonly output?: string
  readonly json?: true
}

/** `flowbreak report bug CASE` */
export function bugCommand(): Command {
  return configOption(
    newCommand(
      'bug',
      "Writes a folder about one case for a vendor's support, who do not need flowbreak to read it.",
    ),
  )
    .argument('<case>', 'the name of a case, or a part of it that no other case has')
    .option('--run <run>', `${RUN_WORDS} (default: the latest)`)
    .option('--target <name>', 'the target, if the run had several')
    .option('-o, --output <dir>', 'the folder to write (default: bug- and the name of the case)')
    .option('--json', 'print what was written as JSON')
    .option('--debug', 'show where an error comes from')
    .action((name: string, options: Options) => bug(name, options))
}

async function bug(name: string, { config, run, target, output, json }: Options): Promise<void> {
  const log = await findLog(run, config)
  const events = readRunLog(log)
  const result = caseNamed(events, name, { target, log, code: 'ERR_BUG' })
  const folder = output ?? `bug-${pathWord(result.case.name)}`
  const frames =
    (await sentAndSeen(log, result.finished)) ??
    (await loadRecorded(fileOfRun(result.case.capture, 'capture', 'ERR_BUG')))
  const device = {
    target: result.target,
    version: versionOf(events, result.target),
    flowbreak: events.find((event) => event.type === 'run-started')?.flowbreak ?? '',
    run: events.find((event) => event.type === 'run-started')?.run ?? '',
    said: saidAfter(log, result.finished),
  }
  const files = writeBug(folder, result, frames, device)
  if (json)
    print(`${JSON.stringify({ folder, case: result.case.name, outcome: result.outcome, files }, null, 2)}\n`)
  else print(`${folder}: ${files.join(', ')}\n`)
}

/** The frames really sent and seen, if the run kept them in a folder of the case. */
async function sentAndSeen(log: string, { evidence, trace }: CaseFinished): Promise<CaseFrames | undefined> {
  if (evidence === undefined || trace === undefined || basename(evidence) !== EVIDENCE_CAPTURE)
    return undefined
  const capture = join(dirname(log), evidence)
  return existsSync(capture) ? evidenceFrames(capture, trace) : undefined
}

/** What devices had recorded of the replay, if the run asked them. */
function saidAfter(log: string, { collected }: CaseFinished): string | undefined {
  if (collected === undefined || !collected.endsWith('.txt')) return undefined
  const file = join(dirname(log), COLLECTED, basename(collected))
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

function versionOf(events: readonly RunEvent[], target: string): string {
  const ready = events.find((event) => event.type === 'target-ready' && event.target === target)
  return ready?.type === 'target-ready' ? ready.version : 'unknown'
}
