/** Seconds that work may go on before signals, timers and files get their turn. */
const TURN = 0.025

/** Lets the event loop take its turn now and then in work that never waits for anything: without it Ctrl-C goes unheard. */
export class Breath {
  // The process's own clock: `performance` would have to be loaded first.
  #last = process.uptime()

  /** Waits for one turn of the event loop if the last one is long enough ago. */
  async take(): Promise<void> {
    if (process.uptime() - this.#last < TURN) return
    await new Promise((resolve) => setImmediate(resolve))
    this.#last = process.uptime()
  }
}
