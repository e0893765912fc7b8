import { NANOS_PER_SECOND, type Nanos } from '../model/batch.ts'
import { PlaceHeap } from '../support/place-heap.ts'
import type { Counters } from './counters.ts'
import { Family, isExpired } from './expiry.ts'
import { EXTRA, FAMILY_MASK, RECORD_WORDS, ROW_MASK, STATE_MASK, State } from './record.ts'
import type { Settings } from './settings.ts'
import type { Room, SessionTable } from './table.ts'

/**
 * Seconds after a packet during which its flow is not evicted (Suricata 7.0.10, flow-hash.c, on getting a used flow): `fresh` means
 * without session or opened in one direction only.
 */
const Lately = { fresh: 1, established: 5, closed: 3 } as const

/**
 * Keeps the flows of one host within the size of its table (knobs `maxFlows` and `onTableFull`). When the table is full, expired flows
 * are searched for, at most once per second of packet time; if none is found, the longest idle flow is evicted, or the new one finds no
 * room. Costs one comparison per new flow as long as there is room.
 */
export class FlowRoom implements Room {
  readonly #table: SessionTable
  readonly #settings: Settings
  readonly #counters: Counters
  readonly #host: number
  /** Places of flows, by a lower bound of when they were last seen. Filled when first needed. */
  readonly #silent = new PlaceHeap()
  /** Indexed by place; 1: is in the heap. */
  #inHeap = new Uint8Array(0)
  /** The last second in which expired flows were searched for. */
  #searched = Number.NEGATIVE_INFINITY
  /** While other flows fill the table: its number of entries when they came, and until when they stay. */
  #fullAt = 0
  #fullUntil = Number.NEGATIVE_INFINITY

  constructor(table: SessionTable, settings: Settings, counters: Counters, host: number) {
    this.#table = table
    this.#settings = settings
    this.#counters = counters
    this.#host = host
  }

  /** Whether the absent record at `base` may become an entry now; evicts a flow if necessary. */
  admits(base: number, now: Nanos): boolean {
    if (!this.#hasRoom(now)) {
      this.#counters.countRefused(this.#host)
      return false
    }
    if (this.#silent.count > 0) this.#note(base / RECORD_WORDS, now)
    return true
  }

  /** Other flows take up the rest of the table until then; they are always active, so none of them is evicted. */
  fill(until: Nanos): void {
    this.#fullAt = this.#table.entries
    this.#fullUntil = until
  }

  /** The table was emptied. */
  clear(): void {
    this.#fullUntil = Number.NEGATIVE_INFINITY
    this.#silent.clear()
    this.#inHeap.fill(0)
    this.#searched = Number.NEGATIVE_INFINITY
  }

  #hasRoom(now: Nanos): boolean {
    const { evictsOldest } = this.#settings
    const table = this.#table
    const maxFlows = now < this.#fullUntil ? this.#fullAt : this.#settings.maxFlows
    if (table.entries < maxFlows) return true
    const second = Math.floor(now / NANOS_PER_SECOND)
    if (second > this.#searched) {
      this.#searched = second
      this.#releaseIdle(now)
      if (table.entries < maxFlows) return true
    }
    return evictsOldest && this.#evict(second, now)
  }

  #releaseIdle(now: Nanos): void {
    const table = this.#table
    const { timeouts, wholeSeconds } = this.#settings
    for (let place = 0; place < table.used; place++) {
      const base = place * RECORD_WORDS
      const state = table.stateAt(base)
      if (state === State.absent) continue
      const row = (table.words[base + EXTRA] ?? 0) & ROW_MASK
      const timeout = timeouts[row + state] ?? 0
      if (isExpired(table.lastSeen(base), now, timeout, wholeSeconds)) table.end(base, now)
    }
  }

  #evict(second: number, now: Nanos): boolean {
    const table = this.#table
    const base = this.#mostSilent() * RECORD_WORDS
    if (base < 0 || second - Math.floor(table.lastSeen(base) / NANOS_PER_SECOND) <= lately(table, base))
      return false
    table.end(base, now)
    this.#counters.countEvicted(this.#host)
    return true
  }

  /** The place of the least recently seen flow; -1: there is none. */
  #mostSilent(): number {
    const table = this.#table
    const silent = this.#silent
    if (silent.count === 0) this.#fill()
    while (silent.count > 0) {
      const place = silent.first
      const base = place * RECORD_WORDS
      const seen = table.lastSeen(base)
      if (table.stateAt(base) === State.absent) {
        silent.removeFirst()
        this.#inHeap[place] = 0
      } else if (seen > silent.firstKey) silent.raiseFirst(seen)
      else return place
    }
    return -1
  }

  #fill(): void {
    for (let place = 0; place < this.#table.used; place++) {
      const base = place * RECORD_WORDS
      if (this.#table.stateAt(base) !== State.absent) this.#note(place, this.#table.lastSeen(base))
    }
  }

  #note(place: number, seen: Nanos): void {
    if (place >= this.#inHeap.length) {
      const grown = new Uint8Array(Math.max(place + 1, this.#table.used * 2))
      grown.set(this.#inHeap)
      this.#inHeap = grown
    }
    if (this.#inHeap[place] === 1) return
    this.#inHeap[place] = 1
    this.#silent.add(place, seen)
  }
}

/** For how many seconds after a packet the flow at `base` is not evicted. */
function lately(table: SessionTable, base: number): number {
  const state = (table.words[base] ?? 0) & STATE_MASK
  if (state < State.established) return Lately.fresh
  const isTcp = ((table.words[base + EXTRA] ?? 0) & FAMILY_MASK) === Family.tcp
  const isClosed = state === State.lastAck || state === State.timeWait || state === State.closed
  return isTcp && isClosed ? Lately.closed : Lately.established
}
