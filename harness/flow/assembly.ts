import type { Nanos } from '../model/batch.ts'

const LARGEST_DATAGRAM = 65_535
/** Offsets count these, and all fragments but the last are a multiple long (RFC 791 3.1, RFC 8200 4.5). */
const BLOCK = 8

/**
 * One datagram being put together. Where fragments overlap, what came first stays. Fragments that contradict each other, or
 * were not captured whole, make it broken: its bytes are let go, and it stays only so that its fragments keep their flow.
 */
export class Assembly {
  /** Flow of the datagram, -1 until its transport header is known. */
  flow = -1
  direction = 0
  readonly began: Nanos
  /** What precedes the segment: the headers of the first fragment without those of fragmentation. */
  #head: Uint8Array | undefined
  #data = new Uint8Array(0)
  /** By block, 1: is there. */
  #present = new Uint8Array(0)
  #blocks = 0
  /** Length of the whole segment, -1 until the last fragment was seen. */
  #length = -1
  #broken = false

  constructor(began: Nanos) {
    this.began = began
  }

  /** Bytes of memory that it takes. */
  get held(): number {
    return this.#data.length + this.#present.length + (this.#head?.length ?? 0)
  }

  /** Takes the headers of the fragment at offset 0; the first ones stay. */
  lead(head: Uint8Array): void {
    if (!this.#broken) this.#head ??= head
  }

  /** Takes bytes[from, to), which stand at `offset` of the segment. */
  add(bytes: Uint8Array, from: number, to: number, offset: number, isLast: boolean): void {
    const stop = offset + to - from
    if (this.#broken || !this.#fits(offset, stop, isLast)) {
      this.breakUp()
      return
    }
    if (isLast) this.#length = stop
    this.#reserve(stop)
    for (let at = offset; at < stop; at += BLOCK) {
      if (this.#present[at / BLOCK] === 1) continue
      this.#present[at / BLOCK] = 1
      this.#blocks++
      const source = from + at - offset
      this.#data.set(bytes.subarray(source, Math.min(source + BLOCK, to)), at)
    }
  }

  /** Lets go of what was kept; nothing can complete it any more. */
  breakUp(): void {
    this.#broken = true
    this.#head = undefined
    this.#data = new Uint8Array(0)
    this.#present = new Uint8Array(0)
  }

  /** Headers and whole segment, undefined while something is missing. */
  whole(): Uint8Array | undefined {
    const head = this.#head
    const length = this.#length
    if (this.#broken || head === undefined || length < 0 || this.#blocks < Math.ceil(length / BLOCK))
      return undefined
    const whole = new Uint8Array(head.length + length)
    whole.set(head)
    whole.set(this.#data.subarray(0, length), head.length)
    return whole
  }

  #fits(offset: number, stop: number, isLast: boolean): boolean {
    if (stop <= offset || stop > LARGEST_DATAGRAM) return false
    if (!isLast) return stop % BLOCK === 0 && (this.#length < 0 || stop <= this.#length)
    const reached = (this.#present.lastIndexOf(1) + 1) * BLOCK
    return this.#length < 0 ? stop >= reached : stop === this.#length
  }

  #reserve(stop: number): void {
    if (stop <= this.#data.length) return
    let capacity = Math.max(2048, this.#data.length)
    while (capacity < stop) capacity *= 2
    const data = new Uint8Array(capacity)
    data.set(this.#data)
    const present = new Uint8Array(capacity / BLOCK)
    present.set(this.#present)
    this.#data = data
    this.#present = present
  }
}
