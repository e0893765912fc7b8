import { closeSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder, openToWrite } from '../support/caller.ts'
import { ExitCode, FlowbreakError, reasonOf } from '../support/errors.ts'
import { isReplaceable } from '../support/replaceable.ts'

/** Bytes that are buffered at first, and at most: most files are small, and memory for all of a large one costs time to touch. */
const [LEAST, BUFFER] = [1 << 14, 1 << 20]

/** A buffer of the full size that nobody uses: its memory is touched already. */
let spare: Buffer<ArrayBuffer> | undefined
const NO_ROOM = Buffer.alloc(0)
/** Bytes that all writes but the last are a multiple of: the system then keeps the file in larger pieces, which are read several times as fast. */
const ALIGNED = 1 << 18

/**
 * A file that appears whole or not at all: bytes are buffered, written to a temporary name beside the path, and renamed
 * on `close`. Disposing of it before that leaves nothing behind. Only the owner may read it. Its folder is
 * made. Throws ERR_CAPTURE_WRITE, exit code 3.
 */
export class Output implements Disposable {
  readonly path: string
  /** The buffer in which `reserve` makes room. */
  bytes = Buffer.allocUnsafeSlow(LEAST)
  view = new DataView(this.bytes.buffer)
  readonly #temporary: string
  readonly #written: ((bytes: Uint8Array) => void) | undefined
  #fd: number | undefined
  #used = 0

  /** `written`: gets all bytes, in pieces that it must not keep. */
  constructor(path: string, written?: (bytes: Uint8Array) => void) {
    this.path = path
    this.#written = written
    if (path === '-')
      throw new FlowbreakError(
        'ERR_CAPTURE_WRITE',
        'A capture cannot be written to standard output: name a file with -o.',
      )
    if (!isReplaceable(path))
      throw new FlowbreakError(
        'ERR_CAPTURE_WRITE',
        `${path} is a device or a pipe, which a capture cannot replace: name a file.`,
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
    if (this.#used + length > BUFFER) this.#flush(this.#used - (this.#used % ALIGNED))
    const needed = this.#used + length
    if (needed > this.bytes.length) {
      const larger = roomFor(Math.max(needed, 2 * this.bytes.length))
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
    this.#flush(this.#used)
    this.#release()
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
    this.#release()
    closeSync(this.#fd)
    this.#fd = undefined
    rmSync(this.#temporary, { force: true })
  }

  /** Leaves the buffer to others. */
  #release(): void {
    if (this.bytes.length === BUFFER) spare = this.bytes
    this.bytes = NO_ROOM
    this.view = new DataView(NO_ROOM.buffer)
  }

  /** Writes the first `end` bytes of the buffer. */
  #flush(end: number): void {
    this.#written?.(this.bytes.subarray(0, end))
    try {
      for (let at = 0; at < end; ) at += writeSync(this.#fd ?? -1, this.bytes, at, end - at)
    } catch (thrown) {
      throw this.#failed(thrown)
    }
    this.bytes.copyWithin(0, end, this.#used)
    this.#used -= end
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

/** A buffer for so many bytes, or for more. */
function roomFor(bytes: number): Buffer<ArrayBuffer> {
  if (bytes < BUFFER / 4 || bytes > BUFFER) return Buffer.allocUnsafeSlow(bytes)
  const room = spare ?? Buffer.allocUnsafeSlow(BUFFER)
  spare = undefined
  return room
}
