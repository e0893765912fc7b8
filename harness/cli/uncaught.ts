import type { Doing } from '../run/watch/watch.ts'
import { ExitCode, FlowbreakError, messageOf } from '../support/errors.ts'

/** How long targets may then go on with what they play: whatever threw may never answer again. */
const PLAYING_MS = 5000
/** How long a run may then take to end in order: labs and devices that were set up are put back as they were. */
const LEAVING_MS = 60_000

/** Takes such errors in place of `heedUncaught`, if there is one. */
let taker: ((thrown: unknown) => void) | undefined

/**
 * Heeds what throws where nobody can catch it, such as in a timer of a target's module: calls `end` with an error that says so, and `what`
 * becomes of it. `end` must not return.
 */
export function heedUncaught(what: string, end: (error: FlowbreakError) => never): void {
  const heed = (thrown: unknown): void => {
    if (taker === undefined) end(uncaughtError(thrown, what))
    else taker(thrown)
  }
  process.on('uncaughtException', heed)
  process.on('unhandledRejection', heed)
}

/**
 * Ends a run in such a case: says so at once, aborts `signal`, and ends the process if that is not enough. Without it mocha, which hosts
 * the cases, would take the error for that of a test.
 */
export class Uncaught implements Disposable {
  readonly #stop = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #isPlaying = false

  /** `say`: prints an error. */
  constructor(say: (error: FlowbreakError) => void) {
    taker = (thrown) => {
      if (this.#stop.signal.aborted) return
      const error = uncaughtError(thrown, 'the run ends here; mend that and resume it')
      say(error)
      this.#leave()
      this.#stop.abort(error)
    }
  }

  /** Notes what the run does: once nothing is played any more, it has time to take down what it set up. */
  told(doing: Doing): void {
    if (doing.kind !== 'lots') return
    this.#isPlaying = doing.playing > 0
    if (this.#stop.signal.aborted) this.#leave()
  }

  /** Aborted by the first such error. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  [Symbol.dispose](): void {
    taker = undefined
    clearTimeout(this.#timer)
  }

  #leave(): void {
    clearTimeout(this.#timer)
    const limit = this.#isPlaying ? PLAYING_MS : LEAVING_MS
    this.#timer = setTimeout(() => process.exit(ExitCode.broken), limit).unref()
  }
}

function uncaughtError(thrown: unknown, what: string): FlowbreakError {
  const error = new FlowbreakError(
    'ERR_UNCAUGHT',
    `Something threw where nothing could catch it, such as in a timer of a target's module (${messageOf(thrown)}): ${what}.`,
    { exitCode: ExitCode.broken, cause: thrown },
  )
  // Where it was thrown, not where it was heeded.
  if (thrown instanceof Error && thrown.stack !== undefined) error.stack = thrown.stack
  return error
}
