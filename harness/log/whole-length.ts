import { fstatSync, readSync } from 'node:fs'

const STEP = 1 << 16
const NEWLINE = 0x0a

/** Bytes of an open file up to and including its last newline; anything after it is a line that was never finished. */
export function wholeLength(fd: number): number {
  const window = Buffer.alloc(STEP)
  for (let end = fstatSync(fd).size; end > 0; ) {
    const start = Math.max(0, end - STEP)
    const read = readSync(fd, window, 0, end - start, start)
    const at = window.subarray(0, read).lastIndexOf(NEWLINE)
    if (at >= 0) return start + at + 1
    end = start
  }
  return 0
}
