/** Seconds for which work may go on before signals, timers and files get their turn. */
const TURN = 0.025

/** Gives the event loop a turn now and then during work that never waits for anything: otherwise Ctrl-C has no effect. */
export class Breath {
  // The process's own clock: `performance` would have to be loaded first.
  #last = process.uptime()

  /** Whether the last turn was long enough ago: for loops in which thousands of unnecessary waits would take long. */
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
