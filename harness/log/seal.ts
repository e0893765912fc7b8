import { createHash, type Hash } from 'node:crypto'
import { linesOf } from './lines.ts'

const SEAL = /,"sha256":"([0-9a-f]{64})"\}$/
const NEWLINE = Buffer.from('\n')

/** Seals run logs: the last event of a run has the SHA-256 of all bytes before its line and of its line without the seal. */
export class Sealer {
  readonly #hash: Hash = createHash('sha256')

  /** Adds bytes that the log already has, newlines included. */
  take(bytes: string | Uint8Array): void {
    this.#hash.update(bytes)
  }

  /** The line (a JSON object, without newline) with its seal at its end. */
  sealed(line: string): string {
    const digest = this.#hash.copy().update(line).digest('hex')
    return `${line.slice(0, -1)},"sha256":"${digest}"}`
  }
}

/** The seals of a log: the line numbers of all broken ones, and whether the last line has a valid one. */
export interface Seals {
  readonly broken: readonly number[]
  readonly sealed: boolean
}

/** Checks each seal of a log against the bytes of the file; a log that goes on after a seal, as a resumed one does, is not sealed. */
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
