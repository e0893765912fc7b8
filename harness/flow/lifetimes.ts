import type { Nanos } from '../model/batch.ts'

/** First and last packet of each flow. Grows by doubling. */
export class Lifetimes {
  #first = new Float64Array(64)
  #last = new Float64Array(64)
  /** Flows seen. */
  count = 0
  /** Number of ids so far; ids that were skipped have no times. */
  #ids = 0

  /** Records a packet; returns whether it is the first of its flow. */
  see(flow: number, at: Nanos): boolean {
    const isNew = flow >= this.#ids
    if (isNew) {
      if (flow >= this.#first.length) this.#grow(flow + 1)
      this.#first.fill(Number.NaN, this.#ids, flow)
      this.#last.fill(Number.NaN, this.#ids, flow)
      this.#first[flow] = at
      this.#last[flow] = at
      this.#ids = flow + 1
      this.count++
    } else if (at > (this.#last[flow] ?? 0)) this.#last[flow] = at
    return isNew
  }

  /** The most flows that were between their first and their last packet at one time. */
  peak(): number {
    // NaN sorts to the end.
    const begins = this.#first.slice(0, this.#ids).sort()
    const ends = this.#last.slice(0, this.#ids).sort()
    let peak = 0
    let ended = 0
    for (let begun = 0; begun < this.count; begun++) {
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
