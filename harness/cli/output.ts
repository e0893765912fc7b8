import { writeSync } from 'node:fs'
import { ExitCode, FlowbreakError, messageOf } from '../support/errors.ts'

/**
 * Writes text to standard output through a buffer: a line a packet must not be a system call a packet. `process.stdout` is left
 * alone, which loads streams, a tenth of the start. Ends the process, as one that is done, where nobody reads on.
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
    if (!written(text)) process.exit(ExitCode.ok)
  }
}

/** Writes text that is all there is to standard output: that nobody reads it to its end changes no exit code. */
export function print(text: string): void {
  written(text)
}

/** What is wrong where standard output takes nothing more, as on a full disk. */
export function outputError(thrown: unknown): FlowbreakError {
  return new FlowbreakError(
    'ERR_OUTPUT_WRITE',
    `Standard output cannot be written (${messageOf(thrown)}): make room there, or send it elsewhere.`,
    { exitCode: ExitCode.broken, cause: thrown },
  )
}

/** False where its reader has gone. Throws ERR_OUTPUT_WRITE. */
function written(text: string): boolean {
  let bytes = Buffer.from(text)
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes))
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
      if (code === 'EPIPE') return false
      // A full pipe: its reader is slower than we are.
      if (code !== 'EAGAIN') throw outputError(thrown)
    }
  }
  return true
}
