import { MOST_FLOWS } from '../model/flow-place.ts'
import { Expected } from './conntrack/expected.ts'
import { Queries } from './conntrack/queries.ts'
import { Family } from './expiry.ts'
import type { Oddity } from './oddity.ts'
import { EXTRA, FAMILY_MASK, Flag, LAST_SEEN, RECORD_WORDS, STATE_MASK, State } from './record.ts'

/** Bounds the number of a table's entries. */
export interface Room {
  /** Whether the absent record at `base` may become an entry now. */
  admits(base: number, now: number): boolean
  /** Other flows take up the rest of the table until then. */
  fill(until: number): void
  /** The table was emptied. */
  clear(): void
}

const FIRST_CAPACITY = 32
/** Growth factor: each growth moves all records, and memory that was never written costs nothing. */
const GROWTH = 4
const RECORD_DOUBLES = RECORD_WORDS / 2

/** The flows of one host: the record of a flow is at its place (`MOST_FLOWS`). Clearing costs as much as was used. */
export class SessionTable {
  words = new Int32Array(0)
  /** The same memory as `words`. */
  times = new Float64Array(0)
  /** By record, for those that carry `Flag.special`: too rare to be in the record. */
  readonly oddities = new Map<number, Oddity>()
  /** ICMP queries, if each is tracked by itself. */
  readonly queries = new Queries()
  /** Connections that others have announced, if helpers look for them. */
  readonly expected = new Expected()
  /** Called for an entry at `base` just before it ends or is replaced; absent: no records are kept. */
  replaced: ((base: number, at: number) => void) | undefined
  /** Number of places, minus one. */
  readonly #mask: number
  /** Records in use, including absent ones between them. */
  #used = 0
  /** Below this, a flow's id is its place, and no other flow's record lies there; 0 once flows have shared places. */
  #own = 0
  /** Entries: records that are not absent. */
  entries = 0
  /** Bounds the number of entries, if it is bounded. */
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

  /** The flow whose record is at a place. */
  flowAt(place: number): number {
    return this.#owners?.[place] ?? place
  }

  /** Word offset of a flow's record, which exists from now on (absent, unless it was entered). */
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

  /** From here on the owner of each record is stored. */
  #share(): void {
    this.#owners ??= Int32Array.from({ length: this.#mask + 1 }, (_, place) => place)
    this.#own = 0
  }

  isAbsent(base: number): boolean {
    return ((this.words[base] ?? 0) & STATE_MASK) === State.absent
  }

  /** Ends the entry at `base`, if there is one, and informs the record keeper; of its state only the extra word remains. */
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

  /** Whether the absent record at `base` may become an entry now; another flow may be evicted for it. */
  admits(base: number, now: number): boolean {
    return this.room === undefined || this.room.admits(base, now)
  }

  /** The state whose time-out applies to the flow at `base`, whatever its protocol. */
  stateAt(base: number): number {
    const isTcp = ((this.words[base + EXTRA] ?? 0) & FAMILY_MASK) === Family.tcp
    return isTcp ? this.timedState(base) : (this.words[base] ?? 0) & STATE_MASK
  }

  /** Makes the record at `base` an entry with that head and that time-out family, last seen `at`, and otherwise empty. */
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

  /** Records that the flow at `base` was seen; time does not go back. */
  see(base: number, at: number): void {
    const index = (base >> 1) + LAST_SEEN
    if (at > (this.times[index] ?? 0)) this.times[index] = at
  }

  /** The state whose time-out applies to the TCP flow at `base`: its own, except for the few that are held in another one. */
  timedState(base: number): number {
    const head = this.words[base] ?? 0
    const state = head & STATE_MASK
    if ((head & Flag.special) === 0) return state
    const oddity = this.oddities.get(base)
    if (oddity === undefined || oddity.held === State.absent || oddity.heldIn !== state) return state
    return oddity.held
  }

  /** Copies the record at `base` from another table. */
  copyFrom(other: SessionTable, base: number): void {
    if (this.isAbsent(base)) this.entries++
    this.words.set(other.words.subarray(base, base + RECORD_WORDS), base)
    const oddity = other.oddities.get(base)
    if (oddity === undefined) this.oddities.delete(base)
    else this.oddities.set(base, oddity.copy())
  }

  /** Copies a record of 16 words into the one at `base`. */
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
