/** Seconds that work may go on before signals, timers and files get their turn. */
const TURN = 0.025

/** Lets the event loop take its turn now and then in work that never waits for anything: without it Ctrl-C goes unheard. */
export class Breath {
  // The process's own clock: `performance` would have to be loaded first.
  #last = process.uptime()

  /** Whether the last turn is long enough ago: for loops in which waiting for nothing, thousands of times, takes long. */
  get isDue(): boolean {
    return process.uptime() - this.#last >= TURN
  }

  /** Waits for one turn of the event loop if it is due. */
  async take(): Promise<void> {
    if (!this.isDue) return
    await new Promise((resolve) => setImmediate(resolve))
    this.#last = process.uptime()
  }
}
