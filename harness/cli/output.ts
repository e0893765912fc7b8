import { writeSync } from 'node:fs'
import { ExitCode, FlowbreakError, messageOf } from '../support/errors.ts'

let isUnread = false

/** Whether this process ends because nobody reads any more what it prints. */
export function isEndedUnread(): boolean {
  return isUnread
}

/**
 * Writes text to standard output through a buffer, so that a line for each packet is not a system call for each packet. `process.stdout`
 * is not used, because it loads streams, a tenth of the start. If nobody reads any more, it ends the process, as one that is done.
 */
export class BufferedOutput {
  #text = ''

  write(text: string): void {
    this.#text += text
    if (this.#text.length > 1 << 16) this.flush()
  }

  flush(): void {
    const text = this.#text
    this.#text = ''
    if (written(text)) return
    isUnread = true
    process.exit(ExitCode.ok)
  }
}

/** Writes text that is the whole output: if nobody reads it to its end, the exit code does not change. */
export function print(text: string): void {
  written(text)
}

/** The error if standard output accepts no more, for example on a full disk. */
export function outputError(thrown: unknown): FlowbreakError {
  return new FlowbreakError(
    'ERR_OUTPUT_WRITE',
    `Standard output cannot be written (${messageOf(thrown)}): free space there, or write it elsewhere.`,
    { exitCode: ExitCode.broken, cause: thrown },
  )
}

/** False if its reader has gone. Throws ERR_OUTPUT_WRITE. */
function written(text: string): boolean {
  let bytes = Buffer.from(text)
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes))
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
      if (code === 'EPIPE') return false
      // A full pipe: its reader is slower than this process.
      if (code !== 'EAGAIN') throw outputError(thrown)
    }
  }
  return true
}
