import { closeSync, openSync, readSync } from 'node:fs'

const STEP = 1 << 20
const NEWLINE = 0x0a

export interface Line {
  /** From 1. */
  readonly number: number
  readonly text: string
  /** False for a last line that does not end in a newline. */
  readonly whole: boolean
}

/** The lines of a file one by one, in memory that does not grow with the file; a file of one empty line has one. */
export function* linesOf(file: string): Generator<Line> {
  const fd = openSync(file, 'r')
  try {
    const window = Buffer.alloc(STEP)
    const pieces: Buffer[] = []
    let number = 0
    for (let read = readSync(fd, window); read > 0; read = readSync(fd, window)) {
      let from = 0
      for (let at = window.indexOf(NEWLINE); at >= 0 && at < read; at = window.indexOf(NEWLINE, from)) {
        pieces.push(window.subarray(from, at))
        yield { number: ++number, text: Buffer.concat(pieces).toString(), whole: true }
        pieces.length = 0
        from = at + 1
      }
      if (from < read) pieces.push(Buffer.from(window.subarray(from, read)))
    }
    if (pieces.length > 0) yield { number: ++number, text: Buffer.concat(pieces).toString(), whole: false }
  } finally {
    closeSync(fd)
  }
}
