import { NANOS_PER_SECOND, type Nanos } from '../model/batch.ts'
import type { Knobs } from '../profile/index.ts'
import { CtState } from './conntrack/states.ts'
import { Family, idleTimeouts, KEPT } from './expiry.ts'
import { EXTRA, FAMILY_MASK, Flag, RECORD_WORDS, State } from './record.ts'
import type { Settings } from './settings.ts'
import type { SessionTable } from './table.ts'

/** Changes of the TCP idle time-out while flows are live (knob `onTimeoutChange`). */
export class TimeoutChange {
  readonly #knobs: Knobs
  readonly #settings: Settings
  readonly #configured: Float64Array
  readonly #configuredCt: Float64Array | undefined
  readonly #inOrderIdle: number
  #changed = false

  constructor(knobs: Knobs, settings: Settings) {
    this.#knobs = knobs
    this.#settings = settings
    this.#configured = settings.timeouts.slice()
    this.#configuredCt = settings.conntrack?.timeouts.slice()
    this.#inOrderIdle = settings.inOrderIdle
  }

  /** From here on established TCP sessions may be idle for `tcpIdle` seconds. */
  apply(tcpIdle: number, tables: readonly SessionTable[], at: Nanos): void {
    const settings = this.#settings
    this.#changed = true
    if (settings.conntrack !== undefined) {
      settings.conntrack.timeouts[CtState.established] = tcpIdle * NANOS_PER_SECOND
      return
    }
    const { timeouts, onTimeoutChange } = settings
    timeouts.copyWithin(KEPT, 0, KEPT)
    timeouts.set(idleTimeouts(this.#knobs, tcpIdle).subarray(0, KEPT))
    settings.inOrderIdle = Math.min(settings.inOrderIdle, timeouts[Family.tcp + State.established] ?? 0)
    if (onTimeoutChange === 'refresh') return
    for (const table of tables)
      for (let place = 0; place < table.used; place++)
        settle(table, place * RECORD_WORDS, onTimeoutChange === 'keep', at)
  }

  /** Restores the initial configuration. */
  reset(): void {
    if (!this.#changed) return
    this.#changed = false
    this.#settings.timeouts.set(this.#configured)
    if (this.#configuredCt !== undefined) this.#settings.conntrack?.timeouts.set(this.#configuredCt)
    this.#settings.inOrderIdle = this.#inOrderIdle
  }
}

/** Settles one flow: its session keeps its time-out, or is removed. Marks stay, and so do entries without session. */
function settle(table: SessionTable, base: number, keeps: boolean, at: Nanos): void {
  const extra = table.words[base + EXTRA] ?? 0
  const marked = ((table.words[base] ?? 0) & Flag.marked) !== 0
  if ((extra & FAMILY_MASK) !== Family.tcp || marked || table.stateAt(base) <= State.bare) return
  if (keeps) table.words[base + EXTRA] = extra | KEPT
  else table.end(base, at)
}
