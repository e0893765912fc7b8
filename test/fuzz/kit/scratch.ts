import { existsSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** In memory where there is such a place: a file is written anew for each of very many inputs. */
const MEMORY = '/dev/shm'

/** One file that holds one input after the other. */
export class Scratch implements Disposable {
  readonly path: string
  readonly fd: number
  readonly #folder: string
  #length = 0

  constructor() {
    this.#folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'flowbreak-fuzz-'))
    this.path = join(this.#folder, 'input')
    this.fd = openSync(this.path, 'w+', 0o600)
  }

  /** Makes these bytes all that it holds. */
  write(bytes: Uint8Array): void {
    if (this.#length > bytes.length) ftruncateSync(this.fd, bytes.length)
    writeSync(this.fd, bytes, 0, bytes.length, 0)
    this.#length = bytes.length
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true })
  }
}
