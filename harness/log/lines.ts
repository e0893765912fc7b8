import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const STEP = 1 << 20
const LEAST = 1 << 12
/** Most bytes of a file that its reader must hold in memory at once. */
export const LIMITS = {
  /** Of a compressed file, which is unpacked in memory; its own statement of its length cannot be trusted. */
  unpacked: 500 << 20,
  /** Of a line, which is held as a whole: for a case with millions of packets, some hundred MiB. */
  line: 500 << 20,
} as const
const NEWLINE = 0x0a

export interface Line {
  /** From 1. */
  readonly number: number
  /** Its offset in bytes, in the file or in the unpacked content of a compressed one. */
  readonly at: number
  readonly text: string
  /** Without the newline; valid until the next line is asked for. */
  readonly bytes: Buffer
  /** False for a last line that does not end in a newline. */
  readonly whole: boolean
}

/**
 * The lines of a file one by one, in memory that does not grow with the file; a file with one empty line has one line. A file that was
 * compressed by gzip is unpacked in memory as a whole.
 */
export function* linesOf(
  file: string,
  { unpacked, line }: Record<keyof typeof LIMITS, number> = LIMITS,
): Generator<Line> {
  const fd = openSync(file, 'r')
  try {
    const window = Buffer.allocUnsafe(windowFor(fd))
    yield* isPacked(fd, window)
      ? split(slices(gunzipSync(readFileSync(fd), { maxOutputLength: unpacked })), line)
      : split(windows(fd, window), line)
  } finally {
    closeSync(fd)
  }
}

/** Bytes that are read at once: no more than the file has, because most logs are short; the file may grow meanwhile. */
function windowFor(fd: number): number {
  const found = fstatSync(fd)
  return found.isFile() ? Math.min(STEP, Math.max(LEAST, found.size + 1)) : STEP
}

/** Whether lines of a file can be read again by their offsets: it is a regular file, and not compressed. */
export function isReadAnywhere(file: string): boolean {
  const fd = openSync(file, 'r')
  try {
    return fstatSync(fd).isFile() && !isPacked(fd, Buffer.alloc(2))
  } finally {
    closeSync(fd)
  }
}

function isPacked(fd: number, window: Buffer): boolean {
  return readSync(fd, window, 0, 2, 0) === 2 && window[0] === 0x1f && window[1] === 0x8b
}

/** The content of a file, piece by piece; each piece is valid until the next is asked for. */
function* windows(fd: number, window: Buffer): Generator<Buffer> {
  for (let read = readSync(fd, window); read > 0; read = readSync(fd, window)) yield window.subarray(0, read)
}

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += STEP) yield bytes.subarray(at, at + STEP)
}

function* split(buffers: Iterable<Buffer>, longest: number): Generator<Line> {
  const pieces: Buffer[] = []
  let number = 0
  let at = 0
  let held = 0
  const line = (whole: boolean): Line => {
    const [only] = pieces
    const bytes = only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces)
    pieces.length = 0
    held = 0
    const begin = at
    at += bytes.length + 1
    return { number: ++number, at: begin, text: bytes.toString(), bytes, whole }
  }
  for (const buffer of buffers) {
    let from = 0
    for (let end = buffer.indexOf(NEWLINE); end >= 0; end = buffer.indexOf(NEWLINE, from)) {
      pieces.push(buffer.subarray(from, end))
      yield line(true)
      from = end + 1
    }
    if (from < buffer.length) pieces.push(Buffer.from(buffer.subarray(from)))
    held += buffer.length - from
    if (held > longest) throw new RangeError(`line ${number + 1} is longer than ${longest >> 20} MiB`)
  }
  if (pieces.length > 0) yield line(false)
}
