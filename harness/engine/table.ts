import { MOST_FLOWS } from '../model/flow-place.ts'
import { Expected } from './conntrack/expected.ts'
import { Queries } from './conntrack/queries.ts'
import { Family } from './expiry.ts'
import type { Oddity } from './oddity.ts'
import { EXTRA, FAMILY_MASK, Flag, LAST_SEEN, RECORD_WORDS, STATE_MASK, State } from './record.ts'

/** Looks after the number of a table's entries. */
export interface Room {
  /** Whether the absent record at `base` may become an entry now. */
  admits(base: number, now: number): boolean
  /** Flows of others take up the rest of the table, until that time. */
  fill(until: number): void
  /** The table was emptied. */
  clear(): void
}

const FIRST_CAPACITY = 32
/** By how much it grows: each time all records move, and memory that was not written to yet costs nothing. */
const GROWTH = 4
const RECORD_DOUBLES = RECORD_WORDS / 2

/**
 * The flows of one host: the record of a flow is at its place (`MOST_FLOWS`). Clearing costs what was used.
 */
export class SessionTable {
  words = new Int32Array(0)
  /** The same memory as `words`. */
  times = new Float64Array(0)
  /** By record, for those that carry `Flag.special`: rare, so not in the record. */
  readonly oddities = new Map<number, Oddity>()
  /** ICMP queries, where they are tracked each by itself. */
  readonly queries = new Queries()
  /** Connections that others have announced, where those are looked into. */
  readonly expected = new Expected()
  /** Is told of an entry at `base` just before it goes or another one takes its place; absent: nobody keeps records. */
  replaced: ((base: number, at: number) => void) | undefined
  /** Places, less one. */
  readonly #mask: number
  /** Records in use, and absent ones between them. */
  #used = 0
  /** Below this, a flow's id is its place and nobody else's record lies there; 0 once flows have shared places. */
  #own = 0
  /** Entries: records that are not absent. */
  entries = 0
  /** Looks after their number, where that is bounded. */
  room: Room | undefined
  /** The flow of each record, once flows have shared places. */
  #owners: Int32Array | undefined

  /** `places`: a power of two. */
  constructor(places = MOST_FLOWS) {
    this.#mask = places - 1
  }

  /** The number of records that may hold something. */
  get used(): number {
    return this.#used
  }

  /** The flow that the record at a place is of. */
  flowAt(place: number): number {
    return this.#owners?.[place] ?? place
  }

  /** Word offset of a flow's record, which is there (absent, unless it was entered) from now on. */
  touch(flow: number): number {
    return flow < this.#own ? flow * RECORD_WORDS : this.#reach(flow)
  }

  #reach(flow: number): number {
    const place = flow & this.#mask
    if (place >= this.#used) {
      if (place * RECORD_WORDS >= this.words.length) this.#grow(place + 1)
      this.#used = place + 1
    }
    if (flow > this.#mask) this.#share()
    const owners = this.#owners
    if (owners === undefined) this.#own = this.#used
    else if (owners[place] !== flow) {
      const base = place * RECORD_WORDS
      this.end(base, this.lastSeen(base))
      owners[place] = flow
    }
    return place * RECORD_WORDS
  }

  /** From here on each record says whose it is. */
  #share(): void {
    this.#owners ??= Int32Array.from({ length: this.#mask + 1 }, (_, place) => place)
    this.#own = 0
  }

  isAbsent(base: number): boolean {
    return ((this.words[base] ?? 0) & STATE_MASK) === State.absent
  }

  /** Ends the entry at `base`, if there is one, and tells who keeps records; of what was known of it only the extra word is kept. */
  end(base: number, at: number): void {
    if (this.isAbsent(base)) return
    this.replaced?.(base, at)
    this.release(base)
  }

  /** Makes the record at `base` absent. */
  release(base: number): void {
    if (this.isAbsent(base)) return
    this.words[base] = State.absent
    this.oddities.delete(base)
    this.entries--
  }

  /** Whether the absent record at `base` may become an entry now; others may have to make way for it. */
  admits(base: number, now: number): boolean {
    return this.room === undefined || this.room.admits(base, now)
  }

  /** The state whose time-out counts for the flow at `base`, whatever it is of. */
  stateAt(base: number): number {
    const isTcp = ((this.words[base + EXTRA] ?? 0) & FAMILY_MASK) === Family.tcp
    return isTcp ? this.timedState(base) : (this.words[base] ?? 0) & STATE_MASK
  }

  /** Makes the record at `base` an entry with that head, of that family of time-outs, last seen `at`, and nothing else. */
  open(base: number, head: number, family: number, at: number): void {
    if (this.isAbsent(base)) this.entries++
    else if (this.replaced !== undefined) this.replaced(base, at)
    this.words.fill(0, base + 1, base + RECORD_WORDS)
    this.words[base] = head
    this.words[base + EXTRA] = family
    if (this.oddities.size > 0) this.oddities.delete(base)
    this.times[(base >> 1) + LAST_SEEN] = at
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
    if (this.isAbsent(base)) this.entries++
    this.words.set(other.words.subarray(base, base + RECORD_WORDS), base)
    const oddity = other.oddities.get(base)
    if (oddity === undefined) this.oddities.delete(base)
    else this.oddities.set(base, oddity.copy())
  }

  /** Takes over a record of 16 words into the one at `base`. */
  take(base: number, record: Int32Array): void {
    if (this.isAbsent(base)) this.entries++
    this.words.set(record, base)
    this.oddities.delete(base)
  }

  clear(): void {
    this.words.fill(State.absent, 0, this.#used * RECORD_WORDS)
    this.oddities.clear()
    this.queries.clear()
    this.expected.clear()
    this.#used = 0
    this.#own = 0
    this.#owners = undefined
    this.entries = 0
    this.room?.clear()
  }

  #grow(records: number): void {
    let capacity = Math.max(FIRST_CAPACITY, this.times.length / RECORD_DOUBLES)
    while (capacity < records) capacity = Math.min(capacity * GROWTH, this.#mask + 1)
    const grown = new Int32Array(capacity * RECORD_WORDS)
    grown.set(this.words)
    this.words = grown
    this.times = new Float64Array(grown.buffer)
  }
}
