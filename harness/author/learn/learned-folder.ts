import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LEARNED, pathWord } from '../../report/publish/publish.ts'
import { SUMS, sumsOf } from '../../report/publish/sums.ts'
import { makeFolder, writeInFolder } from '../../support/caller.ts'
import { ExitCode, FlowbreakError, messageOf } from '../../support/errors.ts'
import { documentText, type ProfileDocument } from './document.ts'
import { type RecordedProbe, writeCaptures } from './evidence-files.ts'
import { learnedReadme } from './readme.ts'
import { renderSheet } from './sheet.ts'
import type { TwinCheck } from './twin.ts'

export const PROFILE_FILE = 'profile.yaml'
const SHEET_FILE = 'datasheet.html'

export interface LearnedFolder {
  readonly document: ProfileDocument
  readonly twin: TwinCheck | undefined
  /** By probe: its capture, as the profile names it. */
  readonly captures: ReadonlyMap<string, string>
  readonly recorded: ReadonlyMap<string, RecordedProbe>
  /** As it was typed, but for where its output goes. */
  readonly command: readonly string[]
}

/**
 * Writes what was learned: the profile, its datasheet, captures of the probes that show it, and how to learn it again. Throws
 * ERR_LEARN_OUTPUT, ERR_CAPTURE_WRITE, exit code 3.
 */
export function writeLearnedFolder(folder: string, learned: LearnedFolder): void {
  const { document, twin, captures, recorded, command } = learned
  try {
    makeFolder(folder)
    writeFileSync(join(folder, PROFILE_FILE), documentText(document))
    writeFileSync(join(folder, SHEET_FILE), renderSheet(document, twin))
    writeFileSync(join(folder, 'README.md'), learnedReadme({ document, twin, command }))
    writeCaptures(folder, captures, recorded)
  } catch (thrown) {
    if (thrown instanceof FlowbreakError) throw thrown
    throw outputError(folder, thrown)
  }
}

/**
 * The same, in the folder of the published report of that system, whose hashes then hold it, too; `variant`: one of several ways in which
 * that report has it, in a folder of that name. Throws ERR_LEARN_PUBLISH.
 */
export function publishLearned(report: string, learned: LearnedFolder, variant?: string): string {
  requirePublished(report)
  const folder = join(report, LEARNED, variant === undefined ? '' : pathWord(variant))
  writeLearnedFolder(folder, learned)
  writeFileSync(join(report, SUMS), sumsOf(report))
  return folder
}

/** Throws ERR_LEARN_PUBLISH where a folder is no published report. */
export function requirePublished(report: string): void {
  if (existsSync(join(report, SUMS))) return
  throw new FlowbreakError(
    'ERR_LEARN_PUBLISH',
    `${report} is not a published report: name the folder that flowbreak report publish wrote, such as reports/suricata/7.0.10-drop.`,
  )
}

/** What names a file that a profile is written to, rather than a folder. */
export function isProfilePath(path: string): boolean {
  return /\.(ya?ml|json)$/.test(path)
}

/** Writes one file, and makes its folder. Throws ERR_LEARN_OUTPUT. */
export function writeLearnedFile(file: string, text: string): void {
  try {
    writeInFolder(file, text)
  } catch (thrown) {
    throw outputError(file, thrown)
  }
}

function outputError(path: string, thrown: unknown): FlowbreakError {
  return new FlowbreakError(
    'ERR_LEARN_OUTPUT',
    `The profile cannot be written to ${path} (${messageOf(thrown)}): name a place that can be written.`,
    { exitCode: ExitCode.broken, cause: thrown },
  )
}
