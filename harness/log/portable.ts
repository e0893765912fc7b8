import { isAbsolute, relative, sep } from 'node:path'
import type { RunEvent } from '../model/run-log.ts'

/**
 * A path that a log can use on another machine: relative to the first of these folders that contains it, with slashes; a path outside
 * all of them stays as it is.
 */
export function portablePath(path: string, folders: readonly string[]): string {
  for (const folder of folders) {
    const below = relative(folder, path)
    if (below !== '' && !isAbsolute(below) && below !== '..' && !below.startsWith(`..${sep}`))
      return below.replaceAll(sep, '/')
  }
  return path
}

/** Makes events portable: `portablePath` of the files of their cases. The files of a run are few. */
export class PortableEvents {
  readonly #folders: readonly string[]
  readonly #paths = new Map<string, string>()

  constructor(folders: readonly string[]) {
    this.#folders = folders
  }

  of(event: RunEvent): RunEvent {
    if (event.type !== 'case-finished' && event.type !== 'case-skipped') return event
    const { case: test } = event
    return { ...event, case: { ...test, file: this.#path(test.file), capture: this.#path(test.capture) } }
  }

  #path(path: string): string {
    let portable = this.#paths.get(path)
    if (portable === undefined) {
      portable = portablePath(path, this.#folders)
      this.#paths.set(path, portable)
    }
    return portable
  }
}
