import type { Nanos } from '../model/batch.ts'
import {
  type ExpectedConnections,
  noteStage,
  type SessionTables,
  type SharedQueries,
  Stage,
  type TableSnapshot,
  type Taking,
} from '../model/sharing.ts'
import { stripDatagrams, updateEntry } from './conntrack/injected.ts'
import { Status } from './conntrack/record.ts'
import { CtState } from './conntrack/states.ts'
import { Family } from './expiry.ts'
import { Merge, mergeSession } from './merge.ts'
import {
  APP_HIDDEN,
  APP_IMPORTED,
  APP_MASK,
  APP_OVER,
  APP_STATE,
  EXTRA,
  FAMILY_MASK,
  Flag,
  HAS_FLOWBITS,
  LAST_SEEN,
  RECORD_WORDS,
  STATE_MASK,
  State,
} from './record.ts'
import { readSession, sessionOf } from './session-bytes.ts'
import type { Settings } from './settings.ts'
import { SessionTable } from './table.ts'
import { stripWindows } from './windowless.ts'

/** The bits of a Linux entry's head whose change is an event. */
const PHASE = STATE_MASK | Status.seenReply | Status.assured

class Snapshot {
  readonly table: SessionTable

  constructor(table: SessionTable) {
    this.table = table
  }
}

/** The parts of `Hosts` that are used here. */
export interface HostTables {
  readonly tables: readonly SessionTable[]
  table(host: number): SessionTable
  inService(): readonly number[]
  isLive(table: SessionTable, base: number, now: Nanos): boolean
}

/** The hosts' session tables, as sharing models use them. */
export class SharedSessions implements SessionTables {
  readonly #hosts: HostTables
  readonly #settings: Settings
  /** Buffer for a received record. */
  readonly #words = new Int32Array(RECORD_WORDS)
  /** The same memory, as times. */
  readonly #times = new Float64Array(this.#words.buffer)

  readonly expected: ExpectedConnections = {
    takeFresh: (host) => this.#hosts.table(host).expected.takeFresh(),
    add: (host, expectation) => this.#hosts.table(host).expected.add(expectation),
  }

  readonly queries: SharedQueries = {
    takeFresh: (host) => this.#hosts.table(host).queries.takeFresh(),
    add: (host, query, at) => this.#hosts.table(host).queries.add(query, at),
  }

  constructor(hosts: HostTables, settings: Settings) {
    this.#hosts = hosts
    this.#settings = settings
  }

  get hosts(): number {
    return this.#hosts.tables.length
  }

  inService(): readonly number[] {
    return this.#hosts.inService()
  }

  has(host: number, flow: number, at: Nanos): boolean {
    const table = this.#hosts.table(host)
    return this.#isSession(table, table.touch(flow), at)
  }

  phase(host: number, flow: number, at: Nanos): number {
    const table = this.#hosts.table(host)
    const base = table.touch(flow)
    if (!this.#isSession(table, base, at)) return 0
    const head = table.words[base] ?? 0
    if (this.#settings.conntrack === undefined) return head & STATE_MASK
    return ((table.words[base + EXTRA] ?? 0) & FAMILY_MASK) === Family.icmp ? 0 : head & PHASE
  }

  flows(host: number, at: Nanos): readonly number[] {
    const table = this.#hosts.table(host)
    const live: number[] = []
    for (let place = 0; place < table.used; place++)
      if (this.#hosts.isLive(table, place * RECORD_WORDS, at)) live.push(table.flowAt(place))
    return live
  }

  read(host: number, flow: number, at: Nanos, room?: Uint8Array): Uint8Array | undefined {
    const table = this.#hosts.table(host)
    const base = table.touch(flow)
    if (!this.#isSession(table, base, at) || !this.#isShared(table, base, at)) return undefined
    const session = sessionOf(table.words, base, room)
    noteStage(session, this.#stageAt(table, base))
    return session
  }

  write(
    host: number,
    flow: number,
    session: Uint8Array,
    at: Nanos,
    liberal?: boolean,
    taking: Taking = {},
  ): boolean {
    const table = this.#hosts.table(host)
    const base = table.touch(flow)
    const conntrack = this.#settings.conntrack !== undefined
    const believed = liberal ?? this.#settings.importLiberal
    const words = this.#words
    readSession(session, words)
    const tcp = ((words[EXTRA] ?? 0) & FAMILY_MASK) === Family.tcp
    // A session's oddity is not in those bytes.
    if (tcp && !conntrack) words[0] = (words[0] ?? 0) & ~Flag.special
    if (tcp && ((words[0] ?? 0) & STATE_MASK) > State.bare)
      stripWindows(words, taking.windows, believed, conntrack)
    const lastSeen = this.#times[LAST_SEEN] ?? 0
    const { held } = taking
    if (conntrack && (held === 'update' || held === 'replace')) {
      if (!tcp) stripDatagrams(words)
      const until = lastSeen < at && taking.least !== undefined ? at + taking.least : lastSeen
      if (held === 'update' && this.#isSession(table, base, at) && updateEntry(table.words, base, words)) {
        table.times[(base >> 1) + LAST_SEEN] = until
        return true
      }
      this.#times[LAST_SEEN] = until
      table.release(base)
      if (!table.admits(base, at)) return false
    } else {
      const merged = held !== undefined && tcp ? this.#merge(table, base, words, at) : Merge.other
      if (merged === Merge.done) {
        table.see(base, lastSeen)
        return true
      }
      if (merged !== Merge.newer && !this.#takes(table, base, lastSeen, at)) return false
    }
    table.take(base, words)
    this.#markImported(table, base, believed)
    return true
  }

  /** Merges a received record into the existing one; an entry without session and without mark is replaced. */
  #merge(table: SessionTable, base: number, words: Int32Array, at: Nanos): number {
    if (!this.#hosts.isLive(table, base, at) || !this.#isTcp(table, base)) return Merge.other
    const head = table.words[base] ?? 0
    if ((head & (STATE_MASK | Flag.marked)) === State.bare) return Merge.newer
    return mergeSession(table.words, base, words, this.#settings.conntrack !== undefined)
  }

  /** The `Stage` of the entry at `base`; anything other than TCP is open. */
  #stageAt(table: SessionTable, base: number): number {
    if (!this.#isTcp(table, base)) return Stage.open
    const state = table.timedState(base)
    if (state <= State.bare) return Stage.none
    if (state <= State.synReceived || (this.#settings.conntrack !== undefined && state === CtState.synSent2))
      return Stage.halfOpen
    const open = this.#settings.conntrack === undefined ? State.established : CtState.established
    return state === open ? Stage.open : Stage.closing
  }

  snapshot(host: number, at: Nanos): TableSnapshot {
    const source = this.#hosts.table(host)
    const table = new SessionTable()
    for (let place = 0; place < source.used; place++) {
      const base = table.touch(source.flowAt(place))
      if (this.#isShared(source, base, at)) table.copyFrom(source, base)
    }
    table.queries.addFrom(source.queries, at)
    return new Snapshot(table)
  }

  restore(host: number, snapshot: TableSnapshot, at: Nanos, lost: (flow: number) => boolean): void {
    if (!(snapshot instanceof Snapshot)) throw new TypeError('a snapshot is what snapshot() gave')
    const source = snapshot.table
    const target = this.#hosts.table(host)
    for (let place = 0; place < source.used; place++) {
      const flow = source.flowAt(place)
      const base = target.touch(flow)
      if (!this.#hosts.isLive(source, base, at) || lost(flow)) continue
      if (!this.#takes(target, base, source.lastSeen(base), at)) continue
      target.copyFrom(source, base)
      this.#markImported(target, base, this.#settings.importLiberal)
    }
    target.queries.addFrom(source.queries, at)
  }

  remove(host: number, flow: number, at: Nanos): void {
    const table = this.#hosts.table(host)
    table.end(table.touch(flow), at)
  }

  /** Whether there is a live session; a mere trace of a TCP packet that opened none, and whose flow is not marked, is not one. */
  #isSession(table: SessionTable, base: number, at: Nanos): boolean {
    if (!this.#hosts.isLive(table, base, at)) return false
    const head = table.words[base] ?? 0
    return (head & STATE_MASK) !== State.bare || (head & Flag.marked) !== 0 || !this.#isTcp(table, base)
  }

  /** Whether there is a live session that may be shared. */
  #isShared(table: SessionTable, base: number, at: Nanos): boolean {
    if (!this.#hosts.isLive(table, base, at)) return false
    return ((table.words[base] ?? 0) & Flag.marked) === 0 || this.#settings.markReplicated
  }

  #takes(table: SessionTable, base: number, lastSeen: Nanos, at: Nanos): boolean {
    if (this.#isSession(table, base, at) && table.lastSeen(base) >= lastSeen) return false
    return table.stateAt(base) !== State.absent || table.admits(base, at)
  }

  #markImported(table: SessionTable, base: number, liberal: boolean): void {
    const { words } = table
    // Flowbits are not in the record: no source says that they are replicated.
    const gone =
      HAS_FLOWBITS | (this.#settings.appReplicated ? APP_STATE : APP_STATE | APP_MASK | APP_OVER | APP_HIDDEN)
    words[base + EXTRA] = ((words[base + EXTRA] ?? 0) & ~gone) | APP_IMPORTED
    const head = words[base] ?? 0
    const session = this.#isTcp(table, base) && (head & STATE_MASK) > State.bare
    if (session && liberal) words[base] = head | Flag.importedClient | Flag.importedServer
  }

  #isTcp(table: SessionTable, base: number): boolean {
    return ((table.words[base + EXTRA] ?? 0) & FAMILY_MASK) === Family.tcp
  }
}
