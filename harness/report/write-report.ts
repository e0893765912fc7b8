import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { ExitCode, FlowbreakError, messageOf } from '../support/errors.ts'

/**
 * Writes a report so that its file is whole or as it was before: under a temporary name beside it, which then takes its place.
 * Directories are made. Throws ERR_REPORT_WRITE, exit code 3.
 */
export function writeReport(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.partial`
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(temporary, text, { flush: true })
    renameSync(temporary, file)
  } catch (thrown) {
    discard(temporary)
    throw new FlowbreakError(
      'ERR_REPORT_WRITE',
      `The report ${file} cannot be written (${messageOf(thrown)}).`,
      {
        exitCode: ExitCode.broken,
        cause: thrown,
      },
    )
  }
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // Its folder is no folder: then it was never there, and the error that is on its way says so.
  }
}
