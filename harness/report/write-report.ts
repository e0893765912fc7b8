import { closeSync, fstatSync, fsyncSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder, openToWrite } from '../support/caller.ts'
import { ExitCode, FlowbreakError, reasonOf } from '../support/errors.ts'
import { isReplaceable } from '../support/replaceable.ts'

/** Characters that are written at once. */
const GATHERED = 1 << 19

/**
 * Writes a report so that its file is complete or unchanged: to a temporary file beside it, which then replaces it; into a device or a pipe,
 * such as /dev/null, as it is. Folders are made. Throws ERR_REPORT_WRITE, exit code 3.
 */
export function writeReport(file: string, text: string | Iterable<string>): void {
  const temporary = isReplaceable(file) ? `${file}.${process.pid}.partial` : undefined
  try {
    makeFolder(dirname(file))
    writePieces(temporary ?? file, typeof text === 'string' ? [text] : text)
    if (temporary !== undefined) renameSync(temporary, file)
  } catch (thrown) {
    if (temporary !== undefined) discard(temporary)
    throw new FlowbreakError(
      'ERR_REPORT_WRITE',
      `The report ${file} cannot be written (${reasonOf(thrown)}): write it elsewhere.`,
      {
        exitCode: ExitCode.broken,
        cause: thrown,
      },
    )
  }
}

function writePieces(file: string, pieces: Iterable<string>): void {
  const fd = openToWrite(file, 'w')
  try {
    for (const text of gathered(pieces)) {
      const bytes = Buffer.from(text)
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
    }
    if (fstatSync(fd).isFile()) fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** The same text in larger pieces, so that thousands of small ones are not written one by one. */
export function* gathered(pieces: Iterable<string>): Generator<string> {
  let text = ''
  for (const piece of pieces) {
    text += piece
    if (text.length < GATHERED) continue
    yield text
    text = ''
  }
  if (text !== '') yield text
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // The parent is not a folder, so the file was never there; the error already thrown says so.
  }
}
