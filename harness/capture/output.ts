import { closeSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder, openToWrite } from '../support/caller.ts'
import { ExitCode, FlowbreakError, reasonOf } from '../support/errors.ts'

/** Bytes that are buffered at first, and at most: most files are small, and memory for all of a large one costs time to touch. */
const [LEAST, BUFFER] = [1 << 14, 1 << 20]

/**
 * A file that appears whole or not at all: bytes are buffered, written to a temporary name beside the path, and renamed
 * on `close`. Disposing of it before that leaves nothing behind. Only the owner may read it. Its folder is
 * made. Throws ERR_CAPTURE_WRITE, exit code 3.
 */
export class Output implements Disposable {
  readonly path: string
  /** The buffer in which `reserve` makes room. */
  bytes = new Uint8Array(LEAST)
  view = new DataView(this.bytes.buffer)
  readonly #temporary: string
  #fd: number | undefined
  #used = 0

  constructor(path: string) {
    this.path = path
    if (path === '-')
      throw new FlowbreakError(
        'ERR_CAPTURE_WRITE',
        'A capture cannot be written to standard output: name a file with -o.',
      )
    this.#temporary = `${path}.${process.pid}.partial`
    try {
      makeFolder(dirname(path))
      this.#fd = openToWrite(this.#temporary, 'w', 0o600)
    } catch (thrown) {
      throw this.#failed(thrown)
    }
  }

  /** Makes room for the next `length` bytes; returns their index in `bytes` and `view`. They hold earlier contents. */
  reserve(length: number): number {
    if (this.#used + length > BUFFER) this.#flush()
    const needed = this.#used + length
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, Math.min(2 * this.bytes.length, BUFFER)))
      larger.set(this.bytes.subarray(0, this.#used))
      this.bytes = larger
      this.view = new DataView(larger.buffer)
    }
    const at = this.#used
    this.#used += length
    return at
  }

  /** Writes the rest and gives the file its name. */
  close(): void {
    if (this.#fd === undefined) return
    this.#flush()
    try {
      closeSync(this.#fd)
      this.#fd = undefined
      renameSync(this.#temporary, this.path)
    } catch (thrown) {
      rmSync(this.#temporary, { force: true })
      throw this.#failed(thrown)
    }
  }

  [Symbol.dispose](): void {
    if (this.#fd === undefined) return
    closeSync(this.#fd)
    this.#fd = undefined
    rmSync(this.#temporary, { force: true })
  }

  #flush(): void {
    try {
      for (let at = 0; at < this.#used; ) at += writeSync(this.#fd ?? -1, this.bytes, at, this.#used - at)
    } catch (thrown) {
      throw this.#failed(thrown)
    }
    this.#used = 0
  }

  #failed(thrown: unknown): FlowbreakError {
    return new FlowbreakError(
      'ERR_CAPTURE_WRITE',
      `${this.path} cannot be written (${reasonOf(thrown)}): write it elsewhere.`,
      {
        exitCode: ExitCode.broken,
        cause: thrown,
      },
    )
  }
}
