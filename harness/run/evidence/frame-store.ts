import type { WireFrame } from '../../model/target.ts'

/** Bytes, and frames, that are reserved at first. */
const ROOM = 4096
const FRAMES = 64
/** Bytes that are not kept for others. */
const LARGE = 1 << 20
/** Numbers that are kept of a frame. */
const WIDTH = 8
const WHAT = ['packet', 'control', 'emitted', 'stray'] as const satisfies readonly WireFrame['what'][]
const NO_FLOW = -2

/** Frames in one piece of memory, made into objects when somebody asks for them: of most cases nobody ever does. */
export class FrameStore {
  #bytes = Buffer.allocUnsafeSlow(ROOM)
  #used = 0
  #numbers = new Float64Array(FRAMES * WIDTH)
  #count = 0

  /** Forgets all frames; answers whether its memory is worth keeping. */
  clear(): boolean {
    this.#used = 0
    this.#count = 0
    return this.#bytes.length <= LARGE
  }

  /** Copies a frame, which lies in `bytes` from `start` on, with what a `WireFrame` says of it. */
  add(
    what: WireFrame['what'],
    way: WireFrame['way'],
    arm: number,
    at: number,
    link: number,
    step: number,
    flow: number | undefined,
    bytes: Uint8Array,
    start: number,
    length: number,
  ): void {
    const from = this.#used
    this.#makeRoom(from + length)
    // A loop beats set(subarray) below some hundred bytes, and allocates nothing.
    if (length < 256) for (let k = 0; k < length; k++) this.#bytes[from + k] = bytes[start + k] ?? 0
    else this.#bytes.set(bytes.subarray(start, start + length), from)
    this.#used = from + length
    const numbers = this.#numbers
    const n = this.#count++ * WIDTH
    numbers[n] = WHAT.indexOf(what)
    numbers[n + 1] = way === 'sent' ? 0 : 1
    numbers[n + 2] = arm
    numbers[n + 3] = at
    numbers[n + 4] = link
    numbers[n + 5] = step
    numbers[n + 6] = flow ?? NO_FLOW
    numbers[n + 7] = length
  }

  /** All of them, in the order in which they came. */
  get frames(): readonly WireFrame[] {
    const frames: WireFrame[] = []
    let from = 0
    for (let i = 0; i < this.#count; i++) {
      const [what = 0, way, arm = 0, at = 0, link = 0, step = -1, flow = NO_FLOW, length = 0] =
        this.#numbers.subarray(i * WIDTH, (i + 1) * WIDTH)
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

  /** For one frame more, up to that byte. */
  #makeRoom(bytes: number): void {
    if (bytes > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * this.#bytes.length))
      this.#bytes.copy(larger, 0, 0, this.#used)
      this.#bytes = larger
    }
    if ((this.#count + 1) * WIDTH > this.#numbers.length) {
      const larger = new Float64Array(2 * this.#numbers.length)
      larger.set(this.#numbers)
      this.#numbers = larger
    }
  }
}

/** Stores that are used again once nobody asks for their frames any more. */
export class FrameStores {
  #stores: FrameStore[] = []
  #taken = 0

  take(): FrameStore {
    let store = this.#stores[this.#taken]
    if (store === undefined) {
      store = new FrameStore()
      this.#stores.push(store)
    }
    this.#taken++
    return store
  }

  /** Nobody asks for frames of those that were taken. */
  release(): void {
    if (this.#taken === 0) return
    this.#stores = this.#stores.filter((store) => store.clear())
    this.#taken = 0
  }
}
