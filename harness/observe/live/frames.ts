const FIRST_FRAMES = 512
const FIRST_BYTES = 1 << 18

/** IP datagrams at the arms of hosts, in columns; it grows as necessary and keeps its memory. */
export class FrameColumns {
  count = 0
  /** Bytes in use. */
  used = 0
  /** Host index * 2, and 1 more on the server's side. */
  arm: Uint16Array = new Uint16Array(FIRST_FRAMES)
  /** When it was heard, in nanoseconds of `monotonicNow`; for a packet of a timeline to be sent, its time there; else 0. */
  time: Float64Array = new Float64Array(FIRST_FRAMES)
  /** Offset in `bytes` of the IP header. */
  start: Int32Array = new Int32Array(FIRST_FRAMES)
  length: Int32Array = new Int32Array(FIRST_FRAMES)
  /** A `Reason` code if the load balancer does not take it back; 0 for nearly all. */
  refused: Uint8Array = new Uint8Array(FIRST_FRAMES)
  bytes: Uint8Array = new Uint8Array(FIRST_BYTES)

  /** Removes the frames, keeps the memory. */
  clear(): void {
    this.count = 0
    this.used = 0
  }

  /** Adds a copy of bytes[from, to), and `padding` zeros; returns its index. */
  append(arm: number, time: number, bytes: Uint8Array, from: number, to: number, padding = 0): number {
    const n = this.reserve(arm, time, to - from + padding)
    const at = this.start[n] ?? 0
    if (to - from < 128) for (let i = from, into = at; i < to; i++, into++) this.bytes[into] = bytes[i] ?? 0
    else this.bytes.set(bytes.subarray(from, to), at)
    if (padding > 0) this.bytes.fill(0, at + to - from, this.used)
    return n
  }

  /** Adds a frame whose bytes are still to be written; returns its index. */
  reserve(arm: number, time: number, length: number): number {
    const n = this.count++
    if (n === this.arm.length) this.#growColumns()
    if (this.used + length > this.bytes.length) this.#growBytes(this.used + length)
    this.arm[n] = arm
    this.time[n] = time
    this.start[n] = this.used
    this.length[n] = length
    this.refused[n] = 0
    this.used += length
    return n
  }

  /** The frame itself, not a copy. */
  frame(index: number): Uint8Array {
    const start = this.start[index] ?? 0
    return this.bytes.subarray(start, start + (this.length[index] ?? 0))
  }

  #growColumns(): void {
    const capacity = this.arm.length * 2
    const grown = <T extends Uint8Array | Uint16Array | Float64Array | Int32Array>(into: T, from: T): T => {
      into.set(from)
      return into
    }
    this.arm = grown(new Uint16Array(capacity), this.arm)
    this.time = grown(new Float64Array(capacity), this.time)
    this.start = grown(new Int32Array(capacity), this.start)
    this.length = grown(new Int32Array(capacity), this.length)
    this.refused = grown(new Uint8Array(capacity), this.refused)
  }

  #growBytes(needed: number): void {
    const bytes = new Uint8Array(Math.max(needed, this.bytes.length * 2))
    bytes.set(this.bytes.subarray(0, this.used))
    this.bytes = bytes
  }
}
