import { closeSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder, openToWrite } from '../support/caller.ts'
import { ExitCode, FlowbreakError, messageOf } from '../support/errors.ts'

const BUFFER = 1 << 18
/** The most bytes of UTF-8 per unit of a string's length. */
const WIDEST = 3
const LINE_END = 0x0a

/**
 * A new file of JSON lines. Lines are buffered and written whole, so that the file is valid up to where writing
 * fails. Its folder is made. Throws ERR_EVE_FILE, exit code 3.
 */
export class EveFile implements Disposable {
  readonly #path: string
  #fd: number | undefined
  readonly #lines = Buffer.allocUnsafe(BUFFER)
  #used = 0
  /** Writing has failed: nothing more is written, so that the error is reported once. */
  #broken = false

  constructor(path: string) {
    this.#path = path
    if (path === '-')
      throw new FlowbreakError(
        'ERR_EVE_FILE',
        '--eve takes a file: standard output is for what the replay itself prints.',
      )
    try {
      makeFolder(dirname(path))
      this.#fd = openToWrite(path, 'w', 0o600)
    } catch (thrown) {
      throw this.#failed(thrown)
    }
  }

  line(text: string): void {
    if (this.#broken) return
    const most = text.length * WIDEST + 1
    if (this.#used + most > BUFFER) this.#flush()
    if (most > BUFFER) this.#write(Buffer.from(`${text}\n`))
    else {
      this.#used += this.#lines.write(text, this.#used)
      this.#lines[this.#used++] = LINE_END
    }
  }

  /** Writes the rest; a second call does nothing. */
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
    const lines = this.#lines.subarray(0, this.#used)
    this.#used = 0
    this.#write(lines)
  }

  #write(bytes: Uint8Array): void {
    if (this.#broken) return
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd ?? -1, bytes, at)
    } catch (thrown) {
      this.#broken = true
      throw this.#failed(thrown)
    }
  }

  #failed(thrown: unknown): FlowbreakError {
    return new FlowbreakError(
      'ERR_EVE_FILE',
      `The EVE file ${this.#path} cannot be written (${messageOf(thrown)}): name another.`,
      { exitCode: ExitCode.broken, cause: thrown },
    )
  }
}
