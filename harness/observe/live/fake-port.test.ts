import { FrameColumns } from './frames.ts'
import { monotonicNow, type Port, type PortStats } from './port.ts'

/** What a device makes of a datagram that reaches an arm: what leaves by which arm, and after how many milliseconds. */
export type Device = (arm: number, frame: Uint8Array) => readonly Leaving[]

export interface Leaving {
  readonly arm: number
  readonly frame: Uint8Array
  readonly delay?: number
}

/** A port to a device that is a function, for tests of what is live on any machine. */
export class FakePort implements Port {
  readonly largest: number
  missed = 0
  readonly sent: { readonly arm: number; readonly frame: Uint8Array }[] = []
  device: Device
  readonly #out = new FrameColumns()
  readonly #timers = new Set<NodeJS.Timeout>()
  #heard: (frames: FrameColumns) => void = () => undefined
  #failed: (error: Error) => void = () => undefined
  #count = 0
  #closed = false

  constructor(device: Device = passing, largest = 65_535) {
    this.device = device
    this.largest = largest
  }

  async send(frames: FrameColumns, from: number, to: number): Promise<void> {
    const leaving: Leaving[] = []
    for (let n = from; n < to; n++) {
      const frame = frames.frame(n).slice()
      const arm = frames.arm[n] ?? 0
      this.sent.push({ arm, frame })
      leaving.push(...this.device(arm, frame))
    }
    for (const delay of new Set(leaving.map((each) => each.delay ?? 0)))
      this.#later(
        delay,
        leaving.filter((each) => (each.delay ?? 0) === delay),
      )
  }

  listen(heard: (frames: FrameColumns) => void, failed: (error: Error) => void): void {
    this.#heard = heard
    this.#failed = failed
  }

  async stats(): Promise<PortStats> {
    return { heard: this.#count, missed: this.missed, foreign: 0 }
  }

  /** Breaks, as a child process that ends does. */
  fail(error: Error): void {
    this.#failed(error)
  }

  /** Lets these out now. */
  leave(leaving: readonly Leaving[]): void {
    this.#out.clear()
    const now = monotonicNow()
    for (const { arm, frame } of leaving) this.#out.append(arm, now, frame, 0, frame.length)
    this.#count += leaving.length
    this.#heard(this.#out)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #later(delay: number, leaving: readonly Leaving[]): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      if (this.#closed) return
      this.leave(leaving)
    }, delay)
    this.#timers.add(timer)
  }
}

/** Sends everything on by the other arm of its host, with a hop less. */
export function passing(arm: number, frame: Uint8Array): readonly Leaving[] {
  return [{ arm: arm ^ 1, frame: hopLess(frame) }]
}

/** A copy of a datagram that has come a hop further. */
export function hopLess(frame: Uint8Array): Uint8Array {
  const copy = frame.slice()
  const at = (copy[0] ?? 0) >> 4 === 6 ? 7 : 8
  copy[at] = (copy[at] ?? 0) - 1
  return copy
}
