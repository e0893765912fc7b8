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

/** Makes events portable: the files of their cases as `portablePath` has them. The files of a run are few. */
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
