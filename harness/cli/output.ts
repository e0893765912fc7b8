import { writeSync } from 'node:fs'

/**
 * Writes text to standard output through a buffer: a line a packet must not be a system call a packet. `process.stdout` is left
 * alone, which loads streams, a tenth of the start.
 */
export class BufferedOutput {
  #text = ''

  write(text: string): void {
    this.#text += text
    if (this.#text.length > 1 << 16) this.flush()
  }

  flush(): void {
    let bytes = Buffer.from(this.#text)
    this.#text = ''
    while (bytes.length > 0) {
      try {
        bytes = bytes.subarray(writeSync(1, bytes))
      } catch (thrown) {
        // A full pipe: its reader is slower than we are. A closed one: it wants no more.
        const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
        if (code === 'EPIPE') process.exit(0)
        if (code !== 'EAGAIN') throw thrown
      }
    }
  }
}

/** Writes text to standard output at once. */
export function print(text: string): void {
  const output = new BufferedOutput()
  output.write(text)
  output.flush()
}
