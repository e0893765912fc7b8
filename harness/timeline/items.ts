import type { Nanos, Rebuilt } from '../model/batch.ts'
import type { HostEvent } from '../model/timeline.ts'

/** A frame that is not simply the next recorded one: delayed, forged or replayed. Rare, so an object. */
export interface FrameItem {
  readonly type: 'frame'
  readonly frame: Uint8Array
  readonly link: number
  /** Capture packet number, 0: synthesised. */
  readonly number: number
  readonly original: number
  readonly flow: number
  readonly direction: number
  /** Whether it is a packet of the capture; false: an injection made it. */
  readonly recorded: boolean
  /** Of a recorded fragment: the number of its datagram, and the datagram itself if this fragment completed it. */
  readonly datagram?: number
  readonly rebuilt?: Rebuilt | undefined
}

/** Something that an injection puts on the timeline. */
export type Item =
  | FrameItem
  | { readonly type: 'event'; readonly event: HostEvent }
  | { readonly type: 'phase'; readonly label: string }
  /** From here on the recorded packets of this flow are not offered. */
  | { readonly type: 'silence'; readonly flow: number }
  /** `then` follows only if the last packet of `flow` got one of these verdicts. */
  | {
      readonly type: 'guard'
      readonly flow: number
      readonly verdicts: readonly number[]
      readonly then: readonly Timed[]
    }

export interface Timed {
  readonly at: Nanos
  readonly item: Item
}

/** Items that wait for their time, sorted by time; within one time, in the order in which they were added. */
export class Agenda {
  readonly #items: Timed[] = []
  #head = 0

  get empty(): boolean {
    return this.#head === this.#items.length
  }

  add(entry: Timed): void {
    const items = this.#items
    let at = items.length
    // Delayed packets come in order, so the place is nearly always at the end.
    while (at > this.#head && (items[at - 1]?.at ?? 0) > entry.at) at--
    items.splice(at, 0, entry)
  }

  /** Takes out the next item that is due at or before `time`; undefined: none. */
  take(time: Nanos): Timed | undefined {
    const next = this.#items[this.#head]
    if (next === undefined || next.at > time) return undefined
    this.#head++
    if (this.#head > 1024) {
      this.#items.splice(0, this.#head)
      this.#head = 0
    }
    return next
  }

  /** Removes the recorded packets of a flow. */
  silence(flow: number): void {
    const kept = this.#items.filter(
      ({ item }, index) =>
        index >= this.#head && !(item.type === 'frame' && item.recorded && item.flow === flow),
    )
    this.#items.splice(0, this.#items.length, ...kept)
    this.#head = 0
  }
}
