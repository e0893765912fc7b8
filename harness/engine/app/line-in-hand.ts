import { BytesOut } from './bytes-out.ts'

/** The line of a stream that is being read, of which a part may have come before: `bytes[from … to-1]`, with its ending. */
export class LineInHand {
  /** The part of a line that arrived before. */
  readonly held = new BytesOut()
  bytes: Uint8Array = this.held.bytes
  from = 0
  to = 0
  /** Offset in what was taken from, after what was taken. */
  next = 0

  /**
   * Takes what `source[from … to-1]` has of the line, up to the last byte of its ending at `end`. Without one (`end` is `to`) all of it is
   * held, and the line is not complete: returns false.
   */
  take(source: Uint8Array, from: number, end: number, to: number): boolean {
    this.next = Math.min(end + 1, to)
    this.bytes = source
    this.from = from
    this.to = this.next
    if (this.held.length > 0 || end === to) {
      this.held.append(source, from, this.next)
      this.bytes = this.held.bytes
      this.from = 0
      this.to = this.held.length
    }
    return end < to
  }

  /** The line has been read. */
  clear(): void {
    this.held.clear()
  }
}
