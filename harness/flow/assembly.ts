import type { Nanos } from '../model/batch.ts'

const LARGEST_DATAGRAM = 65_535
/** Offsets count these, and all fragments but the last are a multiple long (RFC 791 3.1, RFC 8200 4.5). */
const BLOCK = 8
/** Bytes reserved at first: enough for two fragments of an Ethernet, as most datagrams have. */
const LEAST_CAPACITY = 4096

/**
 * One datagram being put together. Where fragments overlap, what came first stays. Fragments that contradict each other, or
 * were not captured whole, make it broken: its bytes are let go, and it stays only so that its fragments keep their flow.
 */
export class Assembly {
  /** Flow of the datagram, -1 until its transport header is known. */
  flow = -1
  direction = 0
  began: Nanos
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

  /** Makes it another datagram's, in the same memory. */
  restart(began: Nanos): void {
    this.began = began
    this.flow = -1
    this.direction = 0
    this.#head = undefined
    this.#present.fill(0)
    this.#blocks = 0
    this.#length = -1
    this.#broken = false
  }

  /** Bytes of memory that it takes. */
  get held(): number {
    return this.#data.length + this.#present.length + (this.#head?.length ?? 0)
  }

  /** Whether it takes no more memory than a new one would. */
  get isSmall(): boolean {
    return this.#data.length === LEAST_CAPACITY
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
    const first = offset / BLOCK
    const end = Math.ceil(stop / BLOCK)
    const taken = this.#present.indexOf(1, first)
    if (taken < 0 || taken >= end) this.#put(bytes, from, to, first, end)
    else
      for (let block = first; block < end; block++) {
        const source = from + (block - first) * BLOCK
        if (this.#present[block] !== 1)
          this.#put(bytes, source, Math.min(source + BLOCK, to), block, block + 1)
      }
  }

  /** Puts bytes[from, to) where blocks `first` … `end`-1 are missing. */
  #put(bytes: Uint8Array, from: number, to: number, first: number, end: number): void {
    this.#data.set(bytes.subarray(from, to), first * BLOCK)
    this.#present.fill(1, first, end)
    this.#blocks += end - first
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
    let capacity = Math.max(LEAST_CAPACITY, this.#data.length)
    while (capacity < stop) capacity *= 2
    const data = new Uint8Array(capacity)
    data.set(this.#data)
    const present = new Uint8Array(capacity / BLOCK)
    present.set(this.#present)
    this.#data = data
    this.#present = present
  }
}
