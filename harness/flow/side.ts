import type { PacketBatch } from '../model/batch.ts'

/** A frame as a template for others: its `Link` code and the `Tunnels` code that it is read with. */
export interface SideTemplate {
  readonly bytes: Uint8Array
  readonly link: number
  readonly tunnels: number
}

/** The state of what one side of a flow has sent. */
export class Side {
  /** Next sequence number, unsigned; undefined: unknown. */
  next: number | undefined
  /** Sequence number of its SYN. */
  initial: number | undefined
  lastAck: number | undefined
  /** Raw window field. */
  window = 0
  timestamp: { readonly value: number; readonly echo: number } | undefined
  finished = false
  /** The latest frame, in a growing buffer, so that following a flow allocates little. */
  #frame = new Uint8Array(0)
  #length = -1
  #link = 0
  #tunnels = 0
  #fromTcp = false

  /** Keeps a copy of the frame. Once a TCP frame is kept, only TCP frames replace it. */
  keep(batch: PacketBatch, index: number, isTcp: boolean): void {
    if (this.#fromTcp && !isTcp) return
    const start = batch.start[index] ?? 0
    const length = batch.captured[index] ?? 0
    if (length > this.#frame.length) this.#frame = new Uint8Array(length * 2)
    this.#frame.set(batch.bytes.subarray(start, start + length))
    this.#length = length
    this.#link = batch.link[index] ?? 0
    this.#tunnels = batch.tunnels
    this.#fromTcp = isTcp
  }

  template(): SideTemplate | undefined {
    if (this.#length < 0) return undefined
    return { bytes: this.#frame.slice(0, this.#length), link: this.#link, tunnels: this.#tunnels }
  }
}
