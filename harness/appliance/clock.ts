import { NANOS_PER_SECOND, type Nanos } from '../model/batch.ts'

/** What the clocks of all appliances count from, so that sessions which they share by a store have one time: 2026 began. */
const ORIGIN_MS = Date.UTC(2026, 0)
const NANOS_PER_MS = NANOS_PER_SECOND / 1000

/** Real time that goes `scale` times as fast, and never back while the process runs. */
export class ScaledClock {
  readonly #scale: number
  readonly #start = performance.timeOrigin - ORIGIN_MS

  /** `scale`: above 0; 50 makes 350 seconds of 7. */
  constructor(scale: number) {
    this.#scale = scale
  }

  now(): Nanos {
    return (this.#start + performance.now()) * NANOS_PER_MS * this.#scale
  }

  /** Milliseconds of real time from now until then, at least 0. */
  until(moment: Nanos): number {
    return Math.max(0, (moment - this.now()) / NANOS_PER_MS / this.#scale)
  }
}
