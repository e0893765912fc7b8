import { createHash, type Hash } from 'node:crypto'
import { linesOf } from './lines.ts'

const SEAL = /,"sha256":"([0-9a-f]{64})"\}$/
const NEWLINE = Buffer.from('\n')

/** Seals run logs: the last event of a run carries the SHA-256 of all bytes before its line and of its line without the seal. */
export class Sealer {
  readonly #hash: Hash = createHash('sha256')

  /** Takes note of bytes that the log holds already, newlines included. */
  take(bytes: string | Uint8Array): void {
    this.#hash.update(bytes)
  }

  /** The line (a JSON object, without newline) with its seal at its end. */
  sealed(line: string): string {
    const digest = this.#hash.copy().update(line).digest('hex')
    return `${line.slice(0, -1)},"sha256":"${digest}"}`
  }
}

/** What the seals of a log come to: every one broken, by the number of its line, and whether the last line has one that holds. */
export interface Seals {
  readonly broken: readonly number[]
  readonly sealed: boolean
}

/** Holds each seal of a log against the bytes of its file; a log that goes on after a seal, as a resumed one does, is not sealed. */
export function checkSeals(file: string): Seals {
  const hash = createHash('sha256')
  const broken: number[] = []
  let sealed = false
  for (const { number, text, bytes, whole } of linesOf(file)) {
    const found = SEAL.exec(text)
    sealed = false
    if (found !== null && text.startsWith('{"type":"run-finished",')) {
      const digest = hash
        .copy()
        .update(`${text.slice(0, found.index)}}`)
        .digest('hex')
      sealed = whole && digest === found[1]
      if (!sealed) broken.push(number)
    }
    hash.update(bytes).update(NEWLINE)
  }
  return { broken, sealed }
}
