import { NOP_NOP_TIMESTAMPS } from '../../wire/tcp-options.ts'
import { before } from '../sequence.ts'

/** TCP option kinds (IANA registry). */
const Option = { end: 0, none: 1, windowScale: 3, sackPermitted: 4, sack: 5 } as const
/** The largest scale; larger offers count as this (RFC 7323 2.3). */
const MOST_SCALE = 14
const SACK_BLOCK = 8

/** The options of the current TCP header; one object for all packets. */
export class CtOptions {
  #view: DataView = new DataView(new ArrayBuffer(0))
  #from = 0
  #end = 0
  /** Some of them were not captured. */
  #isCut = false

  /** Refers to the header at `l4`, captured up to `captureEnd`. */
  look(view: DataView, l4: number, captureEnd: number): void {
    this.#view = view
    const end = l4 + ((view.getUint8(l4 + 12) >> 4) << 2)
    this.#from = l4 + 20
    this.#isCut = end > captureEnd
    this.#end = Math.min(end, captureEnd)
  }

  /** Refers to a header without options, as in a reset that the firewall itself sends. */
  lookAtNone(): void {
    this.#end = this.#from
    this.#isCut = false
  }

  /** Whether there are any options, captured or not. */
  get any(): boolean {
    return this.#isCut || this.#end > this.#from
  }

  /** The window scale that is offered, the last one of several; -1: none; the largest if it may be in the part that was not captured. */
  windowScale(): number {
    const view = this.#view
    let scale = -1
    for (let at = this.#find(Option.windowScale); at >= 0; ) {
      const size = view.getUint8(at + 1)
      if (size === 3) scale = Math.min(view.getUint8(at + 2), MOST_SCALE)
      at = this.#find(Option.windowScale, at + size)
    }
    if (scale < 0 && this.#isCut) return MOST_SCALE
    return scale
  }

  /** Whether selective acknowledgements are offered. */
  sackPermitted(): boolean {
    const at = this.#find(Option.sackPermitted)
    return at >= 0 && this.#view.getUint8(at + 1) === 2
  }

  /** The highest right edge of the selective acknowledgements, or `ack` if none is higher. */
  highestEdge(ack: number): number {
    const from = this.#from
    if (this.#end - from === 12 && this.#view.getInt32(from) === NOP_NOP_TIMESTAMPS) return ack
    const at = this.#find(Option.sack)
    if (at < 0) return ack
    const blocks = this.#view.getUint8(at + 1) - 2
    if (blocks < SACK_BLOCK || blocks % SACK_BLOCK !== 0) return ack
    let highest = ack
    for (let edge = at + 6; edge < at + 2 + blocks; edge += SACK_BLOCK) {
      const right = this.#view.getInt32(edge)
      if (before(highest, right)) highest = right
    }
    return highest
  }

  /** The first option of that kind from `from` on; -1: none. */
  #find(wanted: number, from = this.#from): number {
    const view = this.#view
    const end = this.#end
    let at = from
    while (at < end) {
      const kind = view.getUint8(at)
      if (kind === Option.end) return -1
      if (kind === Option.none) {
        at++
        continue
      }
      const size = at + 1 < end ? view.getUint8(at + 1) : 0
      if (size < 2 || at + size > end) return -1
      if (kind === wanted) return at
      at += size
    }
    return -1
  }
}
