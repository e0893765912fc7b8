import type { Nanos } from '../model/batch.ts'
import type { HostEvent } from '../model/timeline.ts'
import type { Counters } from './counters.ts'
import { Family, isExpired, timeoutIndex } from './expiry.ts'
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
  STATE_MASK,
  State,
} from './record.ts'
import { FlowRoom } from './room.ts'
import type { Settings } from './settings.ts'
import { SessionTable } from './table.ts'

/** What is given to the engine to share sessions between hosts; harness/sharing has the models. */
export interface SharingModel {
  hostLeaves(
    cause: 'drain' | 'crash',
    host: number,
    inService: readonly number[],
    tables: SessionTables,
    at: Nanos,
  ): void
}

/** What a sharing model may do with the tables. */
export interface SessionTables {
  /** Copies every live session of a host to another one, which keeps what it has seen later itself. */
  copy(from: number, to: number, at: Nanos): void
}

/** The hosts: which are in service, their session tables, and what happens to them. */
export class Hosts implements SessionTables {
  /** By host. */
  readonly tables: readonly SessionTable[]
  readonly #sharing: SharingModel | undefined
  readonly #settings: Settings
  readonly #away = new Set<number>()

  constructor(count: number, sharing: SharingModel | undefined, settings: Settings, counters: Counters) {
    this.tables = Array.from({ length: count }, (_, host) => {
      const table = new SessionTable()
      table.room = new FlowRoom(table, settings, counters, host)
      return table
    })
    this.#sharing = sharing
    this.#settings = settings
  }

  /** The table of a host that there is. */
  table(host: number): SessionTable {
    const table = this.tables[host]
    if (table === undefined) throw new RangeError(`there is no host ${host}`)
    return table
  }

  apply(event: HostEvent, at: Nanos): void {
    if (event.kind === 'drain' || event.kind === 'crash') this.#leave(event.kind, event.host, at)
    else if (event.kind === 'restore') this.#away.delete(event.host)
    else if (event.kind === 'return') this.#away.clear()
  }

  copy(from: number, to: number, at: Nanos): void {
    const source = this.table(from)
    const target = this.table(to)
    for (let place = 0; place < source.used; place++) this.#copyFlow(source, target, source.flowAt(place), at)
    target.queries.addFrom(source.queries, at)
  }

  reset(): void {
    for (const table of this.tables) table.clear()
    this.#away.clear()
  }

  /** Whether the flow at `base` of a table is there and not idle for too long. */
  isLive(table: SessionTable, base: number, now: Nanos): boolean {
    const family = (table.words[base + EXTRA] ?? 0) & FAMILY_MASK
    const head = table.words[base] ?? 0
    const state = table.stateAt(base)
    if (state === State.absent) return false
    const { timeouts, wholeSeconds } = this.#settings
    const timeout = timeouts[timeoutIndex(family, state, head)] ?? 0
    return !isExpired(table.lastSeen(base), now, timeout, wholeSeconds)
  }

  #copyFlow(source: SessionTable, target: SessionTable, flow: number, at: Nanos): void {
    const { markReplicated, importLiberal, appReplicated } = this.#settings
    const base = target.touch(flow)
    if (!this.isLive(source, base, at)) return
    const marked = ((source.words[base] ?? 0) & Flag.marked) !== 0
    if (marked && !markReplicated) return
    if (this.isLive(target, base, at) && target.lastSeen(base) >= source.lastSeen(base)) return
    if (target.stateAt(base) === State.absent && !target.admits(base, at)) return
    target.copyFrom(source, base)
    // Flowbits are not in the record: nothing says that they are replicated.
    target.words[base + EXTRA] = (target.words[base + EXTRA] ?? 0) & ~HAS_FLOWBITS
    const head = target.words[base] ?? 0
    const session =
      ((target.words[base + EXTRA] ?? 0) & FAMILY_MASK) === Family.tcp && (head & STATE_MASK) > State.bare
    const gone = appReplicated ? APP_STATE : APP_STATE | APP_MASK | APP_OVER | APP_HIDDEN
    target.words[base + EXTRA] = ((target.words[base + EXTRA] ?? 0) & ~gone) | APP_IMPORTED
    if (session && importLiberal) target.words[base] = head | Flag.importedClient | Flag.importedServer
  }

  #leave(cause: 'drain' | 'crash', host: number, at: Nanos): void {
    this.#away.add(host)
    const inService = this.tables.map((_, other) => other).filter((other) => !this.#away.has(other))
    this.#sharing?.hostLeaves(cause, host, inService, this, at)
    if (cause === 'crash') this.table(host).clear()
  }
}
