import type { Doing } from '../watch/watch.ts'

/** Passes on what a worker's targets do; if the worker is gone, reports the end of its sessions, which it cannot report itself. */
export class OpenSessions {
  readonly #told: (doing: Doing) => void
  /** By target and setup: when each was reported. */
  readonly #open = new Map<
    string,
    { readonly target: string; readonly setup: string; readonly since: number }
  >()

  constructor(told: (doing: Doing) => void) {
    this.#told = told
  }

  told(doing: Doing): void {
    if (doing.kind === 'target-started' || doing.kind === 'target-stopped') {
      const { target, setup } = doing
      const key = `${target}\n${setup}`
      if (doing.kind === 'target-started') this.#open.set(key, { target, setup, since: performance.now() })
      else if (!this.#open.delete(key)) return
    }
    this.#told(doing)
  }

  /** The worker is gone, and its open sessions with it. */
  gone(): void {
    for (const { target, setup, since } of this.#open.values())
      this.#told({ kind: 'target-stopped', target, setup, up: (performance.now() - since) / 1000 })
    this.#open.clear()
  }
}
