import { closeSync, openSync, writeSync } from 'node:fs'
import { ExitCode, FlowbreakError, messageOf } from '../support/errors.ts'

const BUFFER = 1 << 18

/**
 * A file of JSON lines, made anew. Lines gather in a buffer and are written whole, so that what is there when it cannot go on
 * is good. Throws ERR_EVE_FILE: exit code 2 when it cannot be made, 3 when it can no longer be written (a full disk).
 */
export class EveFile implements Disposable {
  readonly #path: string
  #fd: number | undefined
  #text = ''
  /** It could not be written: nothing more is, so that what went wrong is told once. */
  #broken = false

  constructor(path: string) {
    this.#path = path
    if (path === '-')
      throw new FlowbreakError(
        'ERR_EVE_FILE',
        '--eve takes a file: standard output is for what the replay itself prints.',
      )
    try {
      this.#fd = openSync(path, 'w')
    } catch (thrown) {
      throw this.#failed(thrown, ExitCode.usage)
    }
  }

  line(text: string): void {
    if (this.#broken) return
    this.#text += `${text}\n`
    if (this.#text.length >= BUFFER) this.#flush()
  }

  /** Writes what is left; a second call does nothing. */
  close(): void {
    if (this.#fd === undefined) return
    try {
      this.#flush()
    } finally {
      closeSync(this.#fd)
      this.#fd = undefined
    }
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #flush(): void {
    if (this.#broken) return
    const bytes = Buffer.from(this.#text)
    this.#text = ''
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd ?? -1, bytes, at)
    } catch (thrown) {
      this.#broken = true
      throw this.#failed(thrown, ExitCode.broken)
    }
  }

  #failed(thrown: unknown, exitCode: ExitCode): FlowbreakError {
    return new FlowbreakError(
      'ERR_EVE_FILE',
      `The EVE file ${this.#path} cannot be written (${messageOf(thrown)}): name another.`,
      { exitCode, cause: thrown },
    )
  }
}
