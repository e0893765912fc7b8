import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { makeFolder } from '../support/caller.ts'
import { asFlowbreakError, ExitCode, FlowbreakError, reasonOf } from '../support/errors.ts'

/** Throws ERR_FOLDER where there is something at the path that is not an empty folder. */
export function checkEmpty(folder: string): void {
  // What cannot be looked at is told of when it is written.
  const stats = existsSync(folder) ? statSync(folder) : undefined
  if (stats === undefined) return
  if (!stats.isDirectory())
    throw new FlowbreakError(
      'ERR_FOLDER',
      `${folder} is not a folder: name a folder that does not exist yet.`,
    )
  if (readdirSync(folder).length > 0)
    throw new FlowbreakError(
      'ERR_FOLDER',
      `${folder} is not empty, and existing files are never replaced: name another folder.`,
    )
}

/**
 * Makes a folder that appears with all that `fill` puts into it, or not at all: neither when that throws, nor on Ctrl-C, nor on a full
 * disk. Throws ERR_FOLDER where it is there and not empty; ERR_FOLDER_WRITE, exit code 3.
 */
export async function writeFolder(
  folder: string,
  signal: AbortSignal,
  fill: (temporary: string) => Promise<void> | void,
): Promise<void> {
  checkEmpty(folder)
  // Without a slash at its end, which would put it inside.
  const temporary = `${resolve(folder)}.${process.pid}.partial`
  let isMade = false
  try {
    makeFolder(dirname(temporary))
    mkdirSync(temporary)
    isMade = true
    await fill(temporary)
    signal.throwIfAborted()
    settle(temporary, folder)
  } catch (thrown) {
    if (isMade) rmSync(temporary, { recursive: true, force: true })
    if (asFlowbreakError(thrown) !== undefined) throw thrown
    throw new FlowbreakError(
      'ERR_FOLDER_WRITE',
      `${folder} cannot be written (${reasonOf(thrown)}): name another folder.`,
      {
        exitCode: ExitCode.broken,
        cause: thrown,
      },
    )
  }
}

/** Gives what was made its place. A folder that is there stays the folder that it is, as somebody may stand in it. */
function settle(made: string, folder: string): void {
  if (!existsSync(folder)) {
    renameSync(made, folder)
    return
  }
  const moved: string[] = []
  try {
    for (const name of readdirSync(made)) {
      renameSync(join(made, name), join(folder, name))
      moved.push(name)
    }
  } catch (thrown) {
    for (const name of moved) rmSync(join(folder, name), { recursive: true, force: true })
    throw thrown
  }
  rmSync(made, { recursive: true })
}
