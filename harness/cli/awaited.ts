/** How long an interrupted command may take to end before it says what it waits for. */
const PATIENCE_MS = 3000

let words: (() => string | undefined) | undefined

/** While it exists, it says what an interrupted command waits for. */
export class Awaited implements Disposable {
  /** `said`: `target lab to stop`; undefined: nothing in particular. */
  constructor(said: () => string | undefined) {
    words = said
  }

  [Symbol.dispose](): void {
    words = undefined
  }
}

/** Says so in one line, unless the command has ended or been disposed of by then. */
export class StillWaiting implements Disposable {
  readonly #timer = setTimeout(() => {
    const what = words?.() ?? 'what has begun to end'
    process.stderr.write(`flowbreak: Interrupted; waiting for ${what}. A second Ctrl-C ends it at once.\n`)
  }, PATIENCE_MS).unref();

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }
}
