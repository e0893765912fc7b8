import { NANOS_PER_SECOND, type Nanos } from '../../model/batch.ts'
import { monotonicNow } from './port.ts'

/** If it is later than this, the rest of the timeline is delayed too, so that no gap becomes shorter than the case asks. */
const SLACK = 2_000_000
const NANOS_PER_MILLISECOND = 1_000_000
/** Timers accept no longer waits. */
const LONGEST_TIMER = 2_000_000_000

/** Keeps a timeline in step with the machine's clock, on which the timeline passes `scale` times as fast; 'told': it never waits. */
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

  /** Makes the next time that is asked for the present time. */
  restart(): void {
    this.#zero = undefined
    this.#latest = 0
  }

  /** Nanoseconds of the machine's clock until `at`; if that is long past, 0, and the timeline is delayed. */
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

/** Wakes whoever waits for something to be heard. */
export class Alarm {
  #wake: (() => void) | undefined
  #failed: Error | undefined

  /** Something happened. */
  ring(): void {
    this.#wake?.()
  }

  /** Makes every wait, now and later, throw this error. */
  fail(error: Error): void {
    this.#failed = error
    this.ring()
  }

  /** Waits until it rings, at most that many nanoseconds. Throws the reason of the signal's abort, or the error of `fail`. */
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
