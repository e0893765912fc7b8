import { existsSync, linkSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from '../../support/caller.ts'
import { ExitCode, FlowbreakError, reasonOf } from '../../support/errors.ts'

/** What file systems say that have no hard links. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/**
 * Writes a suite, whole or not at all, and only if `check` takes it, which is given it under another name; its folder is made. Throws
 * ERR_SUITE_EXISTS where there is a file of that name that is not to be replaced, and ERR_SUITE_WRITE (exit code 3), after which that file is what it was.
 */
export function writeSuite<T>(
  file: string,
  text: string,
  replace: boolean,
  check: (written: string) => T,
): T {
  if (!replace && existsSync(file)) throw existing(file)
  const temporary = `${file}.${process.pid}.partial`
  try {
    makeFolder(dirname(file))
    writeFileSync(temporary, text, { flush: true })
    const checked = check(temporary)
    if (replace) renameSync(temporary, file)
    else moveToNew(temporary, file)
    return checked
  } catch (thrown) {
    if (thrown instanceof FlowbreakError) throw unlike(thrown, temporary, file)
    if (isTaken(thrown)) throw existing(file)
    throw new FlowbreakError(
      'ERR_SUITE_WRITE',
      `${file} cannot be written (${reasonOf(thrown)}): name another file.`,
      {
        exitCode: ExitCode.broken,
        cause: thrown,
      },
    )
  } finally {
    if (existsSync(temporary)) rmSync(temporary)
  }
}

/** Whether a file has come to be there meanwhile; a folder of it that is a file has the same code. */
function isTaken(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    'code' in thrown &&
    thrown.code === 'EEXIST' &&
    'syscall' in thrown &&
    thrown.syscall !== 'mkdir'
  )
}

/** A link fails where another file came to be there meanwhile; a rename, where there are no links, would replace it. */
function moveToNew(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && NO_LINKS.has(String(thrown.code)))) throw thrown
    renameSync(from, to)
  }
}

/** What is wrong with a text that is no suite, without the name that it had meanwhile. */
function unlike(thrown: FlowbreakError, temporary: string, file: string): FlowbreakError {
  const sentence = thrown.message.replaceAll(temporary, file)
  return new FlowbreakError(
    'ERR_SUITE_NEW',
    `Nothing is written, because it would not be a valid suite. ${sentence}`,
  )
}

function existing(file: string): FlowbreakError {
  return new FlowbreakError(
    'ERR_SUITE_EXISTS',
    `${file} already exists and is not replaced: name another file with -o, or replace it with --force.`,
  )
}
