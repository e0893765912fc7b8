import type { Nanos } from '../model/batch.ts'

/** Bits of a word: host of the entry, host of the flow's first entry, and what is known of it. */
export const HOST_MASK = 0xff
const FIRST_SHIFT = 8
/** The flow has an entry; whether it is idle for too long is found out at its next packet. */
export const LIVE = 1 << 16
/** The entry has TCP's idle time-out. */
export const TCP = 1 << 17
/** The flow's last entry went because it was idle for too long. */
const EXPIRED = 1 << 18
/** The flow had an entry once, so its first host is known. */
const KNOWN = 1 << 19

const NO_WORDS = new Int32Array(0)
const NO_TIMES = new Float64Array(0)
const LEAST_CAPACITY = 64

/** The load balancer's flow table, as columns by flow id; grows by doubling, and a new one has allocated nothing. */
export class FlowEntries {
  /** By flow id: bits as above. */
  words = NO_WORDS
  /** By flow id: when the entry was last used. */
  lastSeen = NO_TIMES
  #hashes = NO_WORDS
  #used = 0

  /** Makes room for a flow id. */
  reach(flow: number): void {
    this.#used = Math.max(this.#used, flow + 1)
    if (flow < this.words.length) return
    let capacity = Math.max(this.words.length, LEAST_CAPACITY)
    while (capacity <= flow) capacity *= 2
    const { words, lastSeen } = this
    this.words = new Int32Array(capacity)
    this.words.set(words)
    this.lastSeen = new Float64Array(capacity)
    this.lastSeen.set(lastSeen)
    const hashes = this.#hashes
    this.#hashes = new Int32Array(capacity)
    this.#hashes.set(hashes)
  }

  /** Makes the entry of a flow that has none. The hash is that of the flow's tuple, for placing it again. */
  open(flow: number, host: number, tcp: boolean, hash: number, now: Nanos): void {
    const before = this.words[flow] ?? 0
    const first = (before & KNOWN) !== 0 ? (before >> FIRST_SHIFT) & HOST_MASK : host
    this.words[flow] = host | (first << FIRST_SHIFT) | LIVE | (tcp ? TCP : 0) | KNOWN
    this.lastSeen[flow] = now
    this.#hashes[flow] = hash
  }

  /** Removes an entry; the flow's first host and hash are kept. */
  remove(flow: number): void {
    this.words[flow] = (this.words[flow] ?? 0) & ~LIVE
  }

  /** Removes an entry that was idle for too long. */
  expire(flow: number): void {
    this.words[flow] = ((this.words[flow] ?? 0) & ~LIVE) | EXPIRED
  }

  has(flow: number): boolean {
    return ((this.words[flow] ?? 0) & LIVE) !== 0
  }

  isTcp(flow: number): boolean {
    return ((this.words[flow] ?? 0) & TCP) !== 0
  }

  hasExpired(flow: number): boolean {
    return ((this.words[flow] ?? 0) & EXPIRED) !== 0
  }

  host(flow: number): number {
    return (this.words[flow] ?? 0) & HOST_MASK
  }

  /** The tuple hash that the flow was first placed by; undefined for a flow that never had an entry. */
  hash(flow: number): number | undefined {
    return ((this.words[flow] ?? 0) & KNOWN) !== 0 ? this.#hashes[flow] : undefined
  }

  /** Rewrites the entry's host. */
  move(flow: number, host: number): void {
    this.words[flow] = ((this.words[flow] ?? 0) & ~HOST_MASK) | host
  }

  /** Keeps an entry alive; times that step back do not age it. */
  see(flow: number, now: Nanos): void {
    if (now > (this.lastSeen[flow] ?? 0)) this.lastSeen[flow] = now
  }

  /** Every entry goes to the host that its flow had first. */
  returnAll(): void {
    for (let flow = 0; flow < this.#used; flow++)
      this.move(flow, ((this.words[flow] ?? 0) >> FIRST_SHIFT) & HOST_MASK)
  }

  /** How many entries are not idle for longer than their time-out. */
  countActive(now: Nanos, tcpIdle: Nanos, otherIdle: Nanos): number {
    let active = 0
    for (let flow = 0; flow < this.#used; flow++)
      if (this.has(flow) && now - (this.lastSeen[flow] ?? 0) <= (this.isTcp(flow) ? tcpIdle : otherIdle))
        active++
    return active
  }

  /** Forgets all flows; costs what was used. */
  reset(): void {
    this.words.fill(0, 0, this.#used)
    this.#used = 0
  }
}
