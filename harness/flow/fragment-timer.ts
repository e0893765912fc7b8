import { NANOS_PER_SECOND, type Nanos } from '../model/batch.ts'
import type { FragmentReading } from '../model/reading.ts'

/** Determines when the reassembly of incomplete datagrams times out. */
export class FragmentTimer {
  readonly #reading: FragmentReading

  constructor(reading: FragmentReading) {
    this.#reading = reading
  }

  /** When the reassembly of a datagram times out of which a fragment came at `time`; `known`: its time-out so far. */
  due(six: boolean, time: Nanos, known?: Nanos): Nanos {
    const { timeout4, timeout6, timer } = this.#reading
    if (timer === 'first' && known !== undefined) return known
    const since = timer === 'first' ? time : Math.floor(time / NANOS_PER_SECOND) * NANOS_PER_SECOND
    return since + (six ? timeout6 : timeout4) * NANOS_PER_SECOND
  }

  /** Whether reassembly due at `due` has timed out by `now`. */
  isOver(due: Nanos, now: Nanos): boolean {
    return this.#reading.timer === 'first' ? now > due : now >= due
  }
}
