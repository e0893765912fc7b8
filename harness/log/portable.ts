import { isAbsolute, relative, sep } from 'node:path'
import type { RunEvent } from '../model/run-log.ts'

/**
 * A path as a log on another machine can use it: below the first of some folders that holds it, with slashes; one that lies in none
 * of them stays as it is.
 */
export function portablePath(path: string, folders: readonly string[]): string {
  for (const folder of folders) {
    const below = relative(folder, path)
    if (below !== '' && !isAbsolute(below) && below !== '..' && !below.startsWith(`..${sep}`))
      return below.replaceAll(sep, '/')
  }
  return path
}

/** The same event, with the files of its case as `portablePath` has them. */
export function portableEvent(event: RunEvent, folders: readonly string[]): RunEvent {
  if (event.type !== 'case-finished' && event.type !== 'case-skipped') return event
  const { case: test } = event
  const file = portablePath(test.file, folders)
  const capture = portablePath(test.capture, folders)
  return { ...event, case: { ...test, file, capture } }
}
