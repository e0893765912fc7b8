import { NANOS_PER_SECOND, type Nanos } from '../model/batch.ts'
import type { FragmentReading } from '../model/reading.ts'

/** Says when datagrams whose fragments do not all come are given up. */
export class FragmentTimer {
  readonly #reading: FragmentReading

  constructor(reading: FragmentReading) {
    this.#reading = reading
  }

  /** When a datagram is given up of which a fragment came at `time`; `known`: what was said of it before. */
  due(six: boolean, time: Nanos, known?: Nanos): Nanos {
    const { timeout4, timeout6, timer } = this.#reading
    if (timer === 'first' && known !== undefined) return known
    const since = timer === 'first' ? time : Math.floor(time / NANOS_PER_SECOND) * NANOS_PER_SECOND
    return since + (six ? timeout6 : timeout4) * NANOS_PER_SECOND
  }

  /** Whether one that is due then has been given up by `now`. */
  isOver(due: Nanos, now: Nanos): boolean {
    return this.#reading.timer === 'first' ? now > due : now >= due
  }
}
