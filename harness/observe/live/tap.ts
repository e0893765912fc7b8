import type { PacketBatch } from '../../model/batch.ts'
import { Link } from '../../model/codes.ts'
import type { WireFrame } from '../../model/target.ts'
import type { LiveClock } from './clock.ts'
import type { FrameColumns } from './frames.ts'

/** What a frame is, and the packet that it belongs to. */
export type Known = Pick<WireFrame, 'what' | 'step' | 'flow'>

export const STRAY: Known = { what: 'stray', step: -1 }
export const CONTROL: Known = { what: 'control', step: -1 }

/** Passes copies of frames to whoever asked for them; otherwise it costs only a check. */
export class Tap {
  take: ((frame: WireFrame) => void) | undefined
  readonly #clock: LiveClock

  constructor(clock: LiveClock) {
    this.#clock = clock
  }

  /** Reports that frames [from, to) were sent at a moment of the machine's clock. */
  sent(frames: FrameColumns, from: number, to: number, moment: number, known: (n: number) => Known): void {
    if (this.take === undefined) return
    const at = this.#clock.timeline(moment)
    for (let n = from; n < to; n++)
      this.take({
        ...known(n),
        way: 'sent',
        arm: frames.arm[n] ?? 0,
        at,
        frame: frames.frame(n).slice(),
        link: Link.raw,
      })
  }

  /** Reports that packet `i` was heard. */
  seen(seen: PacketBatch, i: number, arm: number, known: Known): void {
    if (this.take === undefined) return
    const start = seen.start[i] ?? 0
    const frame = seen.bytes.slice(start, start + (seen.captured[i] ?? 0))
    const at = this.#clock.timeline(seen.time[i] ?? 0)
    this.take({ ...known, way: 'seen', arm, at, frame, link: Link.raw })
  }
}
