import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { gradeCase } from '../grade/grade.ts'
import { plain } from '../report/plain.ts'
import { type Verified, verifyRun } from '../report/verify/verify.ts'
import { ExitCode } from '../support/errors.ts'
import { newCommand } from './command.ts'
import { configOption } from './configured.ts'
import { print } from './output.ts'
import { findLog, RUN_WORDS } from './report-find.ts'
import { PLACES } from './version.ts'

/** Most findings that are printed; `--json` prints all. */
const WRITTEN = 40

/** `flowbreak report verify [RUN]`; `leave` is called with exit code 1 if verification fails. */
export function verifyCommand(leave: (code: ExitCode) => void): Command {
  return configOption(
    newCommand(
      'verify',
      'Checks that a report is consistent, and grades every case again from what was observed.',
    ),
  )
    .argument('[run]', `${RUN_WORDS} (default: the latest)`)
    .option('--json', 'print the findings as JSON')
    .option('--debug', 'show where an error comes from')
    .action(async (run: string | undefined, { config, json }: { config?: string; json?: true }) => {
      const verified = verifyLog(await findLog(run, config))
      print(json ? `${JSON.stringify(verified, null, 2)}\n` : wordsOf(verified))
      if (verified.findings.length > 0) leave(ExitCode.failed)
    })
}

/** Like `verifyRun`, with this flowbreak's grading, suites and captures. */
export function verifyLog(log: string): Verified {
  const find = (file: string) =>
    [file, ...PLACES.map((place) => join(place, file))].find((path) => existsSync(path))
  return verifyRun(log, { regrade: gradeCase, find })
}

function wordsOf({ log, published, graded, findings, notes }: Verified): string {
  const lines = findings.slice(0, WRITTEN).map(({ check, message }) => `✗ ${check}: ${plain(message)}`)
  if (findings.length > WRITTEN) lines.push(`… ${findings.length - WRITTEN} more: --json has all.`)
  lines.push(...notes.slice(0, WRITTEN).map((note) => `note: ${plain(note)}`))
  if (notes.length > WRITTEN) lines.push(`… ${notes.length - WRITTEN} more notes: --json has all.`)
  const what = published ? 'its files, its log' : 'its log'
  lines.push(
    findings.length === 0
      ? `✓ ${plain(log)}: ${what} and ${graded} cases, graded again, hold.`
      : `✗ ${plain(log)}: ${findings.length} findings; ${graded} cases were graded again.`,
  )
  return `${lines.join('\n')}\n`
}
