import type { Nanos } from '../model/batch.ts'
import type { MakeSharing, SharingModel } from '../model/sharing.ts'
import type { HostEvent } from '../model/timeline.ts'
import type { Counters } from './counters.ts'
import { isExpired, timeoutIndex } from './expiry.ts'
import { EXTRA, ROW_MASK, State } from './record.ts'
import { FlowRoom } from './room.ts'
import type { Settings } from './settings.ts'
import { SharedSessions } from './shared-sessions.ts'
import { SessionTable } from './table.ts'

/** The hosts: which are in service, their session tables, how they share sessions, and events at them. */
export class Hosts {
  /** Indexed by host. */
  readonly tables: readonly SessionTable[]
  readonly sharing: SharingModel | undefined
  readonly #settings: Settings
  readonly #away = new Set<number>()

  constructor(count: number, sharing: MakeSharing | undefined, settings: Settings, counters: Counters) {
    this.tables = Array.from({ length: count }, (_, host) => {
      const table = new SessionTable()
      table.room = new FlowRoom(table, settings, counters, host)
      return table
    })
    this.#settings = settings
    this.sharing = sharing?.(new SharedSessions(this, settings))
  }

  /** The table of an existing host. */
  table(host: number): SessionTable {
    const table = this.tables[host]
    if (table === undefined) throw new RangeError(`there is no host ${host}`)
    return table
  }

  /** The hosts that have not left. */
  inService(): readonly number[] {
    return this.tables.map((_, host) => host).filter((host) => !this.#away.has(host))
  }

  apply(event: HostEvent, at: Nanos): void {
    if (event.kind === 'drain' || event.kind === 'crash') this.#away.add(event.host)
    else if (event.kind === 'restore') this.#away.delete(event.host)
    else if (event.kind === 'return') this.#away.clear()
    else if (event.kind === 'fill-table' && event.scope === 'hosts')
      for (const table of this.tables) table.room?.fill(at + (event.lasts ?? Number.POSITIVE_INFINITY))
    this.sharing?.apply(event, at)
    if (event.kind === 'crash') this.table(event.host).clear()
  }

  reset(): void {
    for (const table of this.tables) table.clear()
    this.#away.clear()
    this.sharing?.reset()
  }

  /** Whether the flow at `base` of a table exists and has not expired. */
  isLive(table: SessionTable, base: number, now: Nanos): boolean {
    const row = (table.words[base + EXTRA] ?? 0) & ROW_MASK
    const head = table.words[base] ?? 0
    const state = table.stateAt(base)
    if (state === State.absent) return false
    const { timeouts, wholeSeconds } = this.#settings
    const timeout = timeouts[timeoutIndex(row, state, head)] ?? 0
    return !isExpired(table.lastSeen(base), now, timeout, wholeSeconds)
  }
}
