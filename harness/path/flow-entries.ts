import type { Nanos } from '../model/batch.ts'
import { MOST_FLOWS } from '../model/flow-place.ts'

/** Bits of a word: the entry's host, the host of the flow's first entry, and flags. */
export const HOST_MASK = 0xff
const FIRST_SHIFT = 8
/** The flow has an entry; whether it was idle for too long is checked at its next packet. */
export const LIVE = 1 << 16
/** The entry has TCP's idle time-out. */
export const TCP = 1 << 17
/** The flow's last entry was removed because it was idle for too long. */
const EXPIRED = 1 << 18
/** The flow has had an entry, so its first host is known. */
const KNOWN = 1 << 19
/** The flow was refused an entry, and has had none since. */
const REFUSED = 1 << 20

const NO_WORDS = new Int32Array(0)
const NO_TIMES = new Float64Array(0)
const LEAST_CAPACITY = 64

/**
 * The load balancer's flow table, as columns by place (`MOST_FLOWS`). It grows by doubling, and allocates nothing at first.
 * `placeOf` is called once for a packet; everything else takes the place.
 */
export class FlowEntries {
  /** By place: bits as above. */
  words = NO_WORDS
  /** By place: when the entry was last used. */
  lastSeen = NO_TIMES
  /** By place: its flow; set once two flows have shared a place. */
  owners: Int32Array | undefined
  /** By place: the time-out of the entry, once entries differ in it. */
  limits: Float64Array | undefined
  readonly #mask: number
  #hashes = NO_WORDS
  #used = 0
  #live = 0

  /** `places`: a power of two. */
  constructor(places = MOST_FLOWS) {
    this.#mask = places - 1
  }

  /** The place of a flow; another flow's entry there is removed. */
  placeOf(flow: number): number {
    const place = flow & this.#mask
    this.#used = Math.max(this.#used, place + 1)
    if (place >= this.words.length) this.#grow(place + 1)
    if (flow > this.#mask) this.owners ??= Int32Array.from({ length: this.#mask + 1 }, (_, own) => own)
    if (this.owners !== undefined && this.owners[place] !== flow) {
      this.owners[place] = flow
      if (this.has(place)) this.#live--
      this.words[place] = 0
    }
    return place
  }

  #grow(needed: number): void {
    let capacity = Math.max(this.words.length, LEAST_CAPACITY)
    while (capacity < needed) capacity *= 2
    const { words, lastSeen } = this
    this.words = new Int32Array(capacity)
    this.words.set(words)
    this.lastSeen = new Float64Array(capacity)
    this.lastSeen.set(lastSeen)
    const hashes = this.#hashes
    this.#hashes = new Int32Array(capacity)
    this.#hashes.set(hashes)
    if (this.limits !== undefined) {
      const { limits } = this
      this.limits = new Float64Array(capacity)
      this.limits.set(limits)
    }
  }

  /** From here on each entry keeps the time-out that held when it was made; existing entries get `tcpIdle` and `otherIdle`. */
  keepLimits(tcpIdle: Nanos, otherIdle: Nanos): void {
    if (this.limits !== undefined) return
    const limits = new Float64Array(this.words.length)
    for (let place = 0; place < this.#used; place++) limits[place] = this.isTcp(place) ? tcpIdle : otherIdle
    this.limits = limits
  }

  /** Number of entries that have not been found idle for too long. */
  get live(): number {
    return this.#live
  }

  /** Makes the entry of a flow that has none. `hash`: that of the flow's tuple, for placing it again. */
  open(place: number, host: number, tcp: boolean, hash: number, now: Nanos, limit: Nanos): void {
    const before = this.words[place] ?? 0
    const first = (before & KNOWN) !== 0 ? (before >> FIRST_SHIFT) & HOST_MASK : host
    this.words[place] = host | (first << FIRST_SHIFT) | LIVE | (tcp ? TCP : 0) | KNOWN
    this.lastSeen[place] = now
    this.#hashes[place] = hash
    if (this.limits !== undefined) this.limits[place] = limit
    this.#live++
  }

  /** Removes an entry; the flow's first host and hash are kept. */
  remove(place: number): void {
    if (this.has(place)) this.#live--
    this.words[place] = (this.words[place] ?? 0) & ~LIVE
  }

  /** Removes an entry that was idle for too long. */
  expire(place: number): void {
    this.remove(place)
    this.words[place] = (this.words[place] ?? 0) | EXPIRED
  }

  /** Notes that a flow was refused; returns whether this is new. */
  refuse(place: number): boolean {
    const before = this.words[place] ?? 0
    this.words[place] = before | REFUSED
    return (before & REFUSED) === 0
  }

  /** When an entry will have been idle for too long. */
  until(place: number, tcpIdle: Nanos, otherIdle: Nanos): Nanos {
    const limit = this.limits?.[place] ?? (this.isTcp(place) ? tcpIdle : otherIdle)
    return (this.lastSeen[place] ?? 0) + limit
  }

  /** Removes every entry that was idle for too long; returns when the next one will have been, if no packet comes for it. */
  expireIdle(now: Nanos, tcpIdle: Nanos, otherIdle: Nanos): Nanos {
    let next = Number.POSITIVE_INFINITY
    for (let place = 0; place < this.#used; place++) {
      if (!this.has(place)) continue
      const until = this.until(place, tcpIdle, otherIdle)
      if (now > until) this.expire(place)
      else next = Math.min(next, until)
    }
    return next
  }

  has(place: number): boolean {
    return ((this.words[place] ?? 0) & LIVE) !== 0
  }

  isTcp(place: number): boolean {
    return ((this.words[place] ?? 0) & TCP) !== 0
  }

  hasExpired(place: number): boolean {
    return ((this.words[place] ?? 0) & EXPIRED) !== 0
  }

  host(place: number): number {
    return (this.words[place] ?? 0) & HOST_MASK
  }

  /** The tuple hash that the flow was first placed by; undefined if it never had an entry. */
  hash(place: number): number | undefined {
    return ((this.words[place] ?? 0) & KNOWN) !== 0 ? this.#hashes[place] : undefined
  }

  /** Changes the entry's host. */
  move(place: number, host: number): void {
    this.words[place] = ((this.words[place] ?? 0) & ~HOST_MASK) | host
  }

  /** Keeps an entry alive; a time that steps back changes nothing. */
  see(place: number, now: Nanos): void {
    if (now > (this.lastSeen[place] ?? 0)) this.lastSeen[place] = now
  }

  /** Gives every entry the host that its flow had first. */
  returnAll(): void {
    for (let place = 0; place < this.#used; place++)
      this.move(place, ((this.words[place] ?? 0) >> FIRST_SHIFT) & HOST_MASK)
  }

  /** How many entries are not idle for longer than their time-out. */
  countActive(now: Nanos, tcpIdle: Nanos, otherIdle: Nanos): number {
    let active = 0
    for (let place = 0; place < this.#used; place++)
      if (this.has(place) && now <= this.until(place, tcpIdle, otherIdle)) active++
    return active
  }

  /** Forgets all flows, at a cost that depends only on the places used. */
  reset(): void {
    this.words.fill(0, 0, this.#used)
    this.#used = 0
    this.#live = 0
    this.owners = undefined
    this.limits = undefined
  }
}
