import type { Setup } from '../model/setup.ts'
import { readingOf } from '../profile/reading.ts'
import { loadRecorded, type Recorded } from '../timeline/recorded.ts'

/** Captures that cases share, each loaded once for every way in which it is read. */
export class CaptureStore {
  readonly #loaded = new Map<string, Promise<Recorded>>()
  /** What was asked for before: most cases share their setups. */
  readonly #known = new WeakMap<Setup, Map<string, Promise<Recorded>>>()

  load(path: string, setup: Setup): Promise<Recorded> {
    let known = this.#known.get(setup)
    if (known === undefined) {
      known = new Map()
      this.#known.set(setup, known)
    }
    let recorded = known.get(path)
    if (recorded === undefined) {
      recorded = this.#load(path, setup)
      known.set(path, recorded)
    }
    return recorded
  }

  #load(path: string, setup: Setup): Promise<Recorded> {
    const reading = readingOf(setup)
    const key = `${JSON.stringify(reading)} ${path}`
    let recorded = this.#loaded.get(key)
    if (recorded === undefined) {
      recorded = loadRecorded(path, reading)
      this.#loaded.set(key, recorded)
    }
    return recorded
  }
}
