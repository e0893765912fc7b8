import type { Reading } from '../model/reading.ts'
import type { Setup } from '../model/setup.ts'
import { readingOf } from '../profile/reading.ts'
import { loadRecorded, openShared, type Recorded, type SharedCapture } from '../timeline/recorded.ts'

export interface CaptureStoreOptions {
  /** Whether captures are loaded into memory that threads share. */
  readonly isShared?: boolean
  /** Captures that another thread has loaded. */
  readonly given?: readonly SharedCapture[]
}

/** Captures that cases share. Each is loaded once for each `Reading`, which follows from the setup. */
export class CaptureStore {
  readonly #isShared: boolean
  readonly #given: ReadonlyMap<string, SharedCapture>
  readonly #loaded = new Map<string, Promise<Recorded>>()
  /** By setup and path, for speed: most cases share their setup. */
  readonly #known = new WeakMap<Setup, Map<string, Promise<Recorded>>>()

  constructor({ isShared = false, given = [] }: CaptureStoreOptions = {}) {
    this.#isShared = isShared
    this.#given = new Map(given.map((capture) => [keyOf(capture.path, capture.reading), capture]))
  }

  /** The capture at `path`, read as the profile and tunnels of `setup` require. Rejects with a FlowbreakError if it cannot be read. */
  load(path: string, setup: Setup): Promise<Recorded> {
    let known = this.#known.get(setup)
    if (known === undefined) {
      known = new Map()
      this.#known.set(setup, known)
    }
    let recorded = known.get(path)
    if (recorded === undefined) {
      recorded = this.#load(path, readingOf(setup))
      known.set(path, recorded)
    }
    return recorded
  }

  /** Captures loaded so far, for other threads; empty if they are not in shared memory. */
  async shared(): Promise<readonly SharedCapture[]> {
    const loaded = await Promise.all(this.#loaded.values())
    return loaded.flatMap(({ shared }) => shared ?? [])
  }

  #load(path: string, reading: Reading): Promise<Recorded> {
    const key = keyOf(path, reading)
    let recorded = this.#loaded.get(key)
    if (recorded === undefined) {
      const given = this.#given.get(key)
      recorded =
        given === undefined ? loadRecorded(path, reading, this.#isShared) : Promise.resolve(openShared(given))
      this.#loaded.set(key, recorded)
    }
    return recorded
  }
}

function keyOf(path: string, reading: Reading): string {
  return `${JSON.stringify(reading)} ${path}`
}
