import type { WireFrame } from '../../model/target.ts'

/** Bytes that are reserved at first. */
const ROOM = 4096
/** Numbers that are kept of a frame. */
const WIDTH = 8
const WHAT: readonly WireFrame['what'][] = ['packet', 'control', 'emitted', 'stray']
const NO_FLOW = -2

/** Frames in one piece of memory, made into objects when somebody asks for them: of most cases nobody ever does. */
export class FrameStore {
  #bytes = Buffer.allocUnsafe(ROOM)
  #used = 0
  readonly #numbers: number[] = []

  /** Copies the frame, which lies in `bytes` from `start` on. */
  add(
    { what, way, arm, at, link, step, flow = NO_FLOW }: Omit<WireFrame, 'frame'>,
    bytes: Uint8Array,
    start: number,
    length: number,
  ): void {
    const from = this.#used
    this.#used += length
    if (this.#used > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#used, 2 * this.#bytes.length))
      this.#bytes.copy(larger, 0, 0, from)
      this.#bytes = larger
    }
    // A loop beats set(subarray) below some hundred bytes, and allocates nothing.
    if (length < 256) for (let k = 0; k < length; k++) this.#bytes[from + k] = bytes[start + k] ?? 0
    else this.#bytes.set(bytes.subarray(start, start + length), from)
    this.#numbers.push(WHAT.indexOf(what), way === 'sent' ? 0 : 1, arm, at, link, step, flow, length)
  }

  /** All of them, in the order in which they came. */
  get frames(): readonly WireFrame[] {
    const frames: WireFrame[] = []
    let from = 0
    for (let i = 0; i < this.#numbers.length; i += WIDTH) {
      const [what = 0, way, arm = 0, at = 0, link = 0, step = -1, flow = NO_FLOW, length = 0] =
        this.#numbers.slice(i, i + WIDTH)
      frames.push({
        what: WHAT[what] ?? 'stray',
        way: way === 0 ? 'sent' : 'seen',
        arm,
        at,
        frame: this.#bytes.subarray(from, from + length),
        link,
        step,
        ...(flow === NO_FLOW ? {} : { flow }),
      })
      from += length
    }
    return frames
  }
}
