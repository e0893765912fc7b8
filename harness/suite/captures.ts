import { existsSync, statSync } from 'node:fs'
import { dirname, extname, isAbsolute, join, resolve } from 'node:path'

const ENDINGS = ['.pcap', '.pcapng']

/** Finds captures by name in folders, or by a path relative to a suite; asks the file system once for each name. */
export class CaptureFinder {
  readonly #folders: readonly string[]
  readonly #beside: string
  readonly #known = new Map<string, string | undefined>()

  /** `folders`: where captures are looked for by name, in order. `suite`: the file whose relative paths are followed. */
  constructor(folders: readonly string[], suite: string) {
    this.#folders = folders.map((folder) => resolve(folder))
    this.#beside = dirname(resolve(suite))
  }

  /** Absolute path of a capture; undefined where there is none. */
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
