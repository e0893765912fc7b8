import { loadRecorded, type Recorded } from '../timeline/recorded.ts'

/** Captures that cases share, each loaded once. */
export class CaptureStore {
  readonly #loaded = new Map<string, Promise<Recorded>>()

  load(path: string): Promise<Recorded> {
    let recorded = this.#loaded.get(path)
    if (recorded === undefined) {
      recorded = loadRecorded(path)
      this.#loaded.set(path, recorded)
    }
    return recorded
  }
}
