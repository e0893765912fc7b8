import type { Emitted, PacketBatch } from '../../model/batch.ts'
import { Role } from '../../model/codes.ts'
import type { WireFrame } from '../../model/target.ts'

/** Bytes and frames for which room is reserved at first. */
const ROOM = 4096
const FRAMES = 64
/** Most bytes that are kept for reuse by all stores together. */
const KEPT = 8 << 20
/** Numbers stored for each frame: what it is, its way, arm, time, link type, step, flow, and the place, offset and length of its bytes. */
const WIDTH = 10
/** The place of bytes that were copied. */
export const COPIED = 0
const WHAT = ['packet', 'control', 'emitted', 'stray'] as const satisfies readonly WireFrame['what'][]
const NO_FLOW = -2

/**
 * Frames that were copied into one block of memory, or are where they will stay as they are; objects are made only on request, which for
 * most cases never comes.
 */
export class FrameStore {
  #bytes = Buffer.allocUnsafeSlow(ROOM)
  /** Where frames stay as they are, by place - 1. */
  readonly #lasting: Uint8Array[] = []
  #used = 0
  #numbers = new Float64Array(FRAMES * WIDTH)
  #count = 0

  /** Removes all frames; returns how many bytes stay reserved. */
  clear(): number {
    this.#used = 0
    this.#count = 0
    this.#lasting.length = 0
    return this.#bytes.length
  }

  /** Copies bytes `from` … `to`-1, of one frame or of several; returns their offset in the store. */
  copy(bytes: Uint8Array, from: number, to: number): number {
    const place = this.#used
    this.#used += to - from
    if (this.#used > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#used, 2 * this.#bytes.length))
      this.#bytes.copy(larger, 0, 0, place)
      this.#bytes = larger
    }
    this.#bytes.set(bytes.subarray(from, to), place)
    return place
  }

  /** The place of bytes that will stay as they are. */
  placeOf(bytes: Uint8Array): number {
    const known = this.#lasting.indexOf(bytes)
    return known < 0 ? this.#lasting.push(bytes) : known + 1
  }

  /** Adds packet `i` of a batch, sent into an arm; its frame is at that offset of a place. */
  addPacket(
    { role, time, link, step, captured }: PacketBatch,
    i: number,
    arm: number,
    place: number,
    offset: number,
  ): void {
    const n = this.#row(role[i] === Role.control ? 'control' : 'packet', 'sent', arm)
    const numbers = this.#numbers
    numbers[n + 3] = time[i] ?? 0
    numbers[n + 4] = link[i] ?? 0
    numbers[n + 5] = step[i] ?? -1
    numbers[n + 6] = NO_FLOW
    numbers[n + 7] = place
    numbers[n + 8] = offset
    numbers[n + 9] = captured[i] ?? 0
  }

  /** Copies and adds a frame that was emitted out of an arm because of the packet of `step` (-1: without a causing packet). */
  addEmitted({ at, frame, link, flow }: Emitted, arm: number, step: number): void {
    const offset = this.copy(frame, 0, frame.length)
    const n = this.#row('emitted', 'seen', arm)
    const numbers = this.#numbers
    numbers[n + 3] = at
    numbers[n + 4] = link
    numbers[n + 5] = step
    numbers[n + 6] = flow ?? NO_FLOW
    numbers[n + 7] = COPIED
    numbers[n + 8] = offset
    numbers[n + 9] = frame.length
  }

  /** Starts the numbers of one more frame and sets the first three; returns their offset. */
  #row(what: WireFrame['what'], way: WireFrame['way'], arm: number): number {
    const n = this.#count++ * WIDTH
    if (n === this.#numbers.length) {
      const larger = new Float64Array(2 * n)
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    this.#numbers[n] = WHAT.indexOf(what)
    this.#numbers[n + 1] = way === 'sent' ? 0 : 1
    this.#numbers[n + 2] = arm
    return n
  }

  /** All frames, in the order in which they were added. */
  get frames(): readonly WireFrame[] {
    const frames: WireFrame[] = []
    const numbers = this.#numbers
    for (let n = 0; n < this.#count * WIDTH; n += WIDTH) {
      const bytes = this.#lasting[(numbers[n + 7] ?? COPIED) - 1] ?? this.#bytes
      const offset = numbers[n + 8] ?? 0
      const frame = {
        what: WHAT[numbers[n] ?? 0] ?? 'stray',
        way: numbers[n + 1] === 0 ? ('sent' as const) : ('seen' as const),
        arm: numbers[n + 2] ?? 0,
        at: numbers[n + 3] ?? 0,
        frame: bytes.subarray(offset, offset + (numbers[n + 9] ?? 0)),
        link: numbers[n + 4] ?? 0,
        step: numbers[n + 5] ?? -1,
      }
      const flow = numbers[n + 6] ?? NO_FLOW
      frames.push(flow === NO_FLOW ? frame : { ...frame, flow })
    }
    return frames
  }
}

/** Stores that are reused once nobody will ask for their frames any more. */
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

  /** Makes the stores that were taken available again; nobody may ask for their frames any more. */
  release(): void {
    if (this.#taken === 0) return
    let kept = 0
    this.#stores = this.#stores.filter((store) => {
      const bytes = store.clear()
      if (kept + bytes > KEPT) return false
      kept += bytes
      return true
    })
    this.#taken = 0
  }
}
