import { NANOS_PER_SECOND, type Nanos } from '../../model/batch.ts'
import { monotonicNow } from './port.ts'

/** Later than this, the rest of the timeline is put off as well, so that no gap becomes shorter than it is asked. */
const SLACK = 2_000_000
const NANOS_PER_MILLISECOND = 1_000_000
/** Timers take no longer waits. */
const LONGEST_TIMER = 2_000_000_000

/** Keeps a timeline in step with the clock of the machine, on which it passes `scale` times as fast; 'told': it waits for nothing. */
export class LiveClock {
  readonly #scale: number
  readonly #told: boolean
  /** The latest time that was asked for. */
  #latest = 0
  /** When, on the machine's clock, the timeline is at 0. */
  #zero: number | undefined

  constructor(scale: number | 'told') {
    this.#told = scale === 'told'
    this.#scale = scale === 'told' ? 1 : scale
  }

  /** The next time that is asked for is now. */
  restart(): void {
    this.#zero = undefined
    this.#latest = 0
  }

  /** Nanoseconds of the machine's clock until `at` has come; 0 and the timeline put off where that is long ago. */
  until(at: Nanos): number {
    this.#latest = at
    if (this.#told) return 0
    const now = monotonicNow()
    this.#zero ??= now - at / this.#scale
    const early = this.#zero + at / this.#scale - now
    if (early < -SLACK) this.#zero -= early
    return Math.max(0, early)
  }

  /** The timeline's time at a moment of the machine's clock. */
  timeline(moment: number): Nanos {
    if (this.#told) return this.#latest
    return (moment - (this.#zero ?? moment)) * this.#scale
  }
}

/** Wakes who waits for something to be heard. */
export class Alarm {
  #wake: (() => void) | undefined
  #failed: Error | undefined

  /** Something happened. */
  ring(): void {
    this.#wake?.()
  }

  /** Everybody who waits, or ever will, is told of this error. */
  fail(error: Error): void {
    this.#failed = error
    this.ring()
  }

  /** Until it rings, but at most so many nanoseconds. Throws what the signal was aborted with, or what failed. */
  async wait(nanos: number, signal: AbortSignal): Promise<void> {
    this.check(signal)
    const milliseconds = Math.min(Math.ceil(nanos / NANOS_PER_MILLISECOND), LONGEST_TIMER)
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, milliseconds)
      this.#wake = done
      signal.addEventListener('abort', done)
    })
    this.#wake = undefined
    this.check(signal)
  }

  check(signal: AbortSignal): void {
    signal.throwIfAborted()
    if (this.#failed !== undefined) throw this.#failed
  }
}

export function seconds(nanos: Nanos): string {
  return `${(nanos / NANOS_PER_SECOND).toFixed(3)} s`
}
