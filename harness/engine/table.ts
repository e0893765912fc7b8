import { Queries } from './conntrack/queries.ts'
import type { Oddity } from './oddity.ts'
import { EXTRA, Flag, LAST_SEEN, RECORD_WORDS, STATE_MASK, State } from './record.ts'

const FIRST_CAPACITY = 32
const RECORD_DOUBLES = RECORD_WORDS / 2

/** The flows of one host: the record of a flow is at its id. Grows by doubling; clearing costs what was used. */
export class SessionTable {
  words = new Int32Array(0)
  /** The same memory as `words`. */
  times = new Float64Array(0)
  /** By record, for those that carry `Flag.special`: rare, so not in the record. */
  readonly oddities = new Map<number, Oddity>()
  /** ICMP queries, where they are tracked each by itself. */
  readonly queries = new Queries()
  /** Is told of an entry at `base` just before another one takes its place; absent: nobody keeps records. */
  replaced: ((base: number, at: number) => void) | undefined
  /** Records in use, and absent ones between them. */
  #used = 0

  /** The number of records that may hold something. */
  get used(): number {
    return this.#used
  }

  /** Word offset of a flow's record, which is there (and absent) from now on. */
  touch(flow: number): number {
    if (flow >= this.#used) {
      if (flow * RECORD_WORDS >= this.words.length) this.#grow(flow + 1)
      this.#used = flow + 1
    }
    return flow * RECORD_WORDS
  }

  /** Makes the record at `base` an entry with that head, of that family of time-outs, last seen `at`, and nothing else. */
  open(base: number, head: number, family: number, at: number): void {
    if (this.replaced !== undefined && ((this.words[base] ?? 0) & STATE_MASK) !== State.absent)
      this.replaced(base, at)
    this.words.fill(0, base + 1, base + RECORD_WORDS)
    this.words[base] = head
    this.words[base + EXTRA] = family
    if (this.oddities.size > 0) this.oddities.delete(base)
    this.times[(base >> 1) + LAST_SEEN] = at
  }

  /** Ends the entry at `base`, before another one takes its place; of what was known of it only the extra word is kept. */
  end(base: number, at: number): void {
    this.replaced?.(base, at)
    this.words[base] = State.absent
    if (this.oddities.size > 0) this.oddities.delete(base)
  }

  /** When the flow at `base` was last seen. */
  lastSeen(base: number): number {
    return this.times[(base >> 1) + LAST_SEEN] ?? 0
  }

  /** Notes that the flow at `base` was seen; time does not go back. */
  see(base: number, at: number): void {
    const index = (base >> 1) + LAST_SEEN
    if (at > (this.times[index] ?? 0)) this.times[index] = at
  }

  /** The state whose time-out counts for the TCP flow at `base`: its own, but for a few that are held in another one. */
  timedState(base: number): number {
    const head = this.words[base] ?? 0
    const state = head & STATE_MASK
    if ((head & Flag.special) === 0) return state
    const oddity = this.oddities.get(base)
    if (oddity === undefined || oddity.held === State.absent || oddity.heldIn !== state) return state
    return oddity.held
  }

  /** Takes over the record at `base` from another table. */
  copyFrom(other: SessionTable, base: number): void {
    this.words.set(other.words.subarray(base, base + RECORD_WORDS), base)
    const oddity = other.oddities.get(base)
    if (oddity === undefined) this.oddities.delete(base)
    else this.oddities.set(base, oddity.copy())
  }

  clear(): void {
    this.words.fill(State.absent, 0, this.#used * RECORD_WORDS)
    this.oddities.clear()
    this.queries.clear()
    this.#used = 0
  }

  #grow(records: number): void {
    let capacity = Math.max(FIRST_CAPACITY, this.times.length / RECORD_DOUBLES)
    while (capacity < records) capacity *= 2
    const grown = new Int32Array(capacity * RECORD_WORDS)
    grown.set(this.words)
    this.words = grown
    this.times = new Float64Array(grown.buffer)
  }
}
