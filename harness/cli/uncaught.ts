import { ExitCode, FlowbreakError, messageOf } from '../support/errors.ts'

/** How long a run may take to end in order after such an error: whatever threw may never answer again. */
const LEAVING_MS = 5000

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

  /** `say`: prints an error. */
  constructor(say: (error: FlowbreakError) => void) {
    taker = (thrown) => {
      if (this.#stop.signal.aborted) return
      const error = uncaughtError(thrown, 'the run ends here; mend that and resume it')
      say(error)
      this.#timer = setTimeout(() => process.exit(ExitCode.broken), LEAVING_MS).unref()
      this.#stop.abort(error)
    }
  }

  /** Aborted by the first such error. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  [Symbol.dispose](): void {
    taker = undefined
    clearTimeout(this.#timer)
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
