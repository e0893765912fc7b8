import { existsSync, statSync } from 'node:fs'
import { dirname, extname, isAbsolute, join, resolve } from 'node:path'

const ENDINGS = ['.pcap', '.pcapng']

/** Finds captures by name in folders, or by a path relative to a suite; looks each name up only once. */
export class CaptureFinder {
  readonly #folders: readonly string[]
  readonly #beside: string
  readonly #known = new Map<string, string | undefined>()

  /** `folders`: searched for captures by name, in order. `suite`: the file that relative paths start from. */
  constructor(folders: readonly string[], suite: string) {
    this.#folders = folders.map((folder) => resolve(folder))
    this.#beside = dirname(resolve(suite))
  }

  /** The absolute path of a capture; undefined if there is none. */
  find(name: string): string | undefined {
    if (!this.#known.has(name)) this.#known.set(name, this.#candidates(name).find(isFile))
    return this.#known.get(name)
  }

  #candidates(name: string): readonly string[] {
    if (isAbsolute(name)) return [name]
    const names = ENDINGS.includes(extname(name)) ? [name] : ENDINGS.map((ending) => name + ending)
    return [this.#beside, ...this.#folders].flatMap((folder) => names.map((file) => join(folder, file)))
  }
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}
