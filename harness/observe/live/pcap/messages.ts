import type { FrameColumns } from '../frames.ts'

/** Messages between a port and its child process: 8 bytes (length of the rest, kind), then the rest, which depends on the kind. */
export const Message = { frames: 1, stats: 2, ready: 3, failed: 4, open: 5 } as const

const HEAD = 8
/** Bytes before each frame: when it was heard, its length, and its arm. */
const COLUMNS = 16

/** The headers before datagrams of one arm; both have the same length. */
export interface LinkHeaders {
  readonly ipv4: Uint8Array
  readonly ipv6: Uint8Array
}

/** A message of frames [from, to), each after the header that `headers` has for its arm, or without one. */
export function encodeFrames(
  frames: FrameColumns,
  from: number,
  to: number,
  headers?: readonly LinkHeaders[],
): Buffer {
  const count = to - from
  const room = headers === undefined ? 0 : headersOf(frames, from, to, headers)
  const first = frames.start[from] ?? 0
  const end = (frames.start[to - 1] ?? 0) + (frames.length[to - 1] ?? 0)
  const message = Buffer.allocUnsafe(HEAD + 4 + count * COLUMNS + (count === 0 ? 0 : end - first) + room)
  head(message, Message.frames)
  message.writeUInt32LE(count, HEAD)
  let column = HEAD + 4
  let at = column + count * COLUMNS
  for (let n = from; n < to; n++) {
    const start = frames.start[n] ?? 0
    const length = frames.length[n] ?? 0
    const arm = frames.arm[n] ?? 0
    const six = (frames.bytes[start] ?? 0) >> 4 === 6
    const header = headers?.[arm]?.[six ? 'ipv6' : 'ipv4']
    message.writeDoubleLE(frames.time[n] ?? 0, column)
    message.writeUInt32LE(length + (header?.length ?? 0), column + 8)
    message.writeUInt32LE(arm, column + 12)
    column += COLUMNS
    if (header !== undefined) {
      message.set(header, at)
      at += header.length
    }
    message.set(frames.bytes.subarray(start, start + length), at)
    at += length
  }
  return message
}

/** Bytes of all headers together. */
function headersOf(frames: FrameColumns, from: number, to: number, headers: readonly LinkHeaders[]): number {
  let sum = 0
  for (let n = from; n < to; n++) sum += headers[frames.arm[n] ?? 0]?.ipv4.length ?? 0
  return sum
}

/** Visits the frames of a message: offset, arm, and when each was heard. */
export function eachFrame(
  body: Buffer,
  visit: (arm: number, from: number, to: number, time: number) => void,
): void {
  const count = body.readUInt32LE(0)
  let column = 4
  let at = 4 + count * COLUMNS
  for (let n = 0; n < count; n++, column += COLUMNS) {
    const length = body.readUInt32LE(column + 8)
    visit(body.readUInt32LE(column + 12), at, at + length, body.readDoubleLE(column))
    at += length
  }
}

/** A message with text, or numbers as JSON. */
export function encodeText(kind: number, text: string): Buffer {
  const message = Buffer.concat([Buffer.alloc(HEAD), Buffer.from(text)])
  head(message, kind)
  return message
}

function head(message: Buffer, kind: number): void {
  message.writeUInt32LE(message.length - HEAD, 0)
  message.writeUInt32LE(kind, 4)
}

/** Finds messages in the data of a pipe. */
export class MessageReader {
  readonly #take: (kind: number, body: Buffer) => void
  #chunks: Buffer[] = []
  #have = 0

  constructor(take: (kind: number, body: Buffer) => void) {
    this.#take = take
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#have += chunk.length
    if (this.#have < HEAD) return
    let all = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks)
    // Long messages are joined once, when their last byte is there.
    this.#chunks = [all]
    while (all.length >= HEAD) {
      const length = HEAD + all.readUInt32LE(0)
      if (all.length < length) break
      this.#take(all.readUInt32LE(4), all.subarray(HEAD, length))
      all = all.subarray(length)
    }
    this.#chunks = all.length === 0 ? [] : [all]
    this.#have = all.length
  }
}
