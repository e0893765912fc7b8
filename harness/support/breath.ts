import { setImmediate } from 'node:timers/promises'

/** Milliseconds that work may go on before signals, timers and files get their turn. */
const TURN = 25

/** Lets the event loop take its turn now and then in work that never waits for anything: without it Ctrl-C goes unheard. */
export class Breath {
  #last = performance.now()

  /** Waits for one turn of the event loop if the last one is long enough ago. */
  async take(): Promise<void> {
    if (performance.now() - this.#last < TURN) return
    await setImmediate()
    this.#last = performance.now()
  }
}
