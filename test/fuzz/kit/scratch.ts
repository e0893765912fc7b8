import { closeSync, existsSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { makeScratch, removeScratch } from '../../../harness/support/scratch.ts'

/** In memory where there is such a place: a file is written anew for each of very many inputs. */
const MEMORY = '/dev/shm'

/** One file that holds one input after the other. */
export class Scratch implements Disposable {
  readonly path: string
  readonly fd: number
  readonly #folder: string
  #length = 0

  constructor() {
    this.#folder = makeScratch('fuzz', existsSync(MEMORY) ? MEMORY : undefined)
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
    closeSync(this.fd)
    removeScratch(this.#folder)
  }
}
