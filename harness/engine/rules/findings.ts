const FIRST_CAPACITY = 64

/** Where a search has found patterns: the pattern and the index after it, alternately. Refilled for each search. */
export class Findings {
  pairs: Int32Array = new Int32Array(FIRST_CAPACITY)
  count = 0

  add(pattern: number, behind: number): void {
    const at = this.count * 2
    if (at === this.pairs.length) {
      const grown = new Int32Array(at * 2)
      grown.set(this.pairs)
      this.pairs = grown
    }
    this.pairs[at] = pattern
    this.pairs[at + 1] = behind
    this.count++
  }

  clear(): void {
    this.count = 0
  }
}
