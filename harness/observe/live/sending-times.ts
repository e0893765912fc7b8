import type { SendingTimes } from '../../model/target.ts'
import type { Offered } from './offered.ts'
import type { SentPackets } from './sent.ts'

/** The moments between which the packets of a chunk were really sent. */
export class LiveSendingTimes implements SendingTimes {
  from = new Float64Array(0)
  to = new Float64Array(0)
  readonly #sent: SentPackets
  readonly #scale: number

  /** `scale`: seconds of the timeline in one of the machine's clock. */
  constructor(sent: SentPackets, scale: number) {
    this.#sent = sent
    this.#scale = scale
  }

  /**
   * For all packets that were offered. A port sends in the order of its calls, so each packet left before it was seen, and before any
   * packet passed later came out; a packet that was not seen left at most `patience` nanoseconds after it was passed to the port.
   */
  read(count: number, offered: Offered, patience: number): this {
    if (this.from.length < count) {
      this.from = new Float64Array(count)
      this.to = new Float64Array(count)
    }
    this.from.fill(Number.NaN)
    this.to.fill(Number.NaN)
    let soonest = Number.POSITIVE_INFINITY
    for (let number = this.#sent.next - 1; number >= offered.first; number--) {
      const slot = this.#sent.slot(number)
      const index = offered.indexOf(number)
      const at = this.#sent.at[slot] ?? Number.NaN
      const seen = this.#sent.seen[slot] ?? Number.POSITIVE_INFINITY
      soonest = Math.min(soonest, seen)
      this.from[index] = at * this.#scale
      this.to[index] = Math.min(soonest, Number.isFinite(seen) ? soonest : at + patience) * this.#scale
    }
    return this
  }
}
