import type { Nanos } from '../model/batch.ts'

/** First and last packet of each flow. Grows by doubling. */
export class Lifetimes {
  #first = new Float64Array(64)
  #last = new Float64Array(64)
  /** Flows seen; ids are dense. */
  count = 0

  /** Notes a packet; whether it is the first of its flow. */
  see(flow: number, at: Nanos): boolean {
    const isNew = flow >= this.count
    if (isNew) {
      if (flow >= this.#first.length) this.#grow(flow + 1)
      this.#first[flow] = at
      this.#last[flow] = at
      this.count = flow + 1
    } else if (at > (this.#last[flow] ?? 0)) this.#last[flow] = at
    return isNew
  }

  /** How many flows at most are between their first and their last packet at one time. */
  peak(): number {
    const begins = this.#first.slice(0, this.count).sort()
    const ends = this.#last.slice(0, this.count).sort()
    let peak = 0
    let ended = 0
    for (let begun = 0; begun < begins.length; begun++) {
      while ((ends[ended] ?? 0) < (begins[begun] ?? 0)) ended++
      peak = Math.max(peak, begun + 1 - ended)
    }
    return peak
  }

  #grow(needed: number): void {
    let capacity = this.#first.length
    while (capacity < needed) capacity *= 2
    const first = new Float64Array(capacity)
    const last = new Float64Array(capacity)
    first.set(this.#first)
    last.set(this.#last)
    this.#first = first
    this.#last = last
  }
}
