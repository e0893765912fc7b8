import { NANOS_PER_SECOND, type Nanos } from '../model/batch.ts'
import { checkGeneve } from '../wire/tunnel/geneve-header.ts'
import { timeIn } from '../wire/tunnel/geneve-time.ts'

/** The clock of an appliance. */
export interface ApplianceClock {
  /** When a datagram arrived. */
  arrival(payload: Uint8Array): Nanos
  now(): Nanos
  /** Milliseconds of real time until then, at least 0; infinity: only packets move this clock. */
  until(moment: Nanos): number
}

/** The zero of all appliances' clocks, so that sessions which they share through a store have one time: the beginning of 2026. */
const ORIGIN_MS = Date.UTC(2026, 0)
const NANOS_PER_MS = NANOS_PER_SECOND / 1000

/** Real time, `scale` times as fast; it never goes back while the process runs. */
export class ScaledClock implements ApplianceClock {
  readonly #scale: number
  readonly #start = performance.timeOrigin - ORIGIN_MS

  /** `scale`: above 0; 50 makes 350 seconds of 7. */
  constructor(scale: number) {
    this.#scale = scale
  }

  arrival(): Nanos {
    return this.now()
  }

  now(): Nanos {
    return (this.#start + performance.now()) * NANOS_PER_MS * this.#scale
  }

  /** Milliseconds of real time until then, at least 0. */
  until(moment: Nanos): number {
    return Math.max(0, (moment - this.now()) / NANOS_PER_MS / this.#scale)
  }
}

/**
 * Time as one gateway tells it with its packets (`timeIn`); it stands still between them. It never goes back: if the gateway
 * starts again, it goes on from its present time, with the fraction of a second that the gateway tells.
 */
export class ToldClock implements ApplianceClock {
  #zero = 0
  #told = 0

  arrival(payload: Uint8Array): Nanos {
    const told = checkGeneve(payload, 0, payload.length) === undefined ? timeIn(payload, 0) : undefined
    if (told === undefined) return this.now()
    // By whole seconds, because some time-outs count only whole seconds.
    if (told < this.#told) this.#zero += Math.ceil((this.#told - told) / NANOS_PER_SECOND) * NANOS_PER_SECOND
    this.#told = told
    return this.now()
  }

  now(): Nanos {
    return this.#zero + this.#told
  }

  until(moment: Nanos): number {
    return moment <= this.now() ? 0 : Number.POSITIVE_INFINITY
  }
}
