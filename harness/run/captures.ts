import type { Setup } from '../model/setup.ts'
import { readingOf } from '../profile/reading.ts'
import { loadRecorded, type Recorded } from '../timeline/recorded.ts'

/** Captures that cases share, each loaded once for every way in which it is read. */
export class CaptureStore {
  readonly #loaded = new Map<string, Promise<Recorded>>()

  load(path: string, setup: Setup): Promise<Recorded> {
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
