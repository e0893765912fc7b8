import type { Nanos } from '../../model/batch.ts'
import type { SyncSharing } from '../../model/setup.ts'
import type { SessionTables } from '../../model/sharing.ts'

/** A message about a flow: its session, or that it has ended. */
export type Item = Uint8Array | 'gone'

const NONE: readonly number[] = []

/** Finds out whether a host must tell the others something once it has decided about a packet. */
export class News {
  readonly #tables: SessionTables
  readonly #changes: boolean
  /** By host: flows that it has told of, and that have not ended there since. */
  readonly #told: readonly Set<number>[]
  /** The phase of the session before the packet. */
  #before = 0

  constructor(tables: SessionTables, settings: SyncSharing) {
    this.#tables = tables
    this.#changes = settings.updates === 'changes'
    this.#told = Array.from({ length: tables.hosts }, () => new Set())
  }

  /** A packet of a flow arrives at a host. */
  begin(host: number, flow: number, at: Nanos): void {
    this.#before = this.#changes
      ? this.#tables.phase(host, flow, at)
      : Number(this.#tables.has(host, flow, at))
  }

  /** The message about the flow once the packet was decided; undefined: nothing has changed. */
  of(host: number, flow: number, at: Nanos): Item | undefined {
    const isNews = !this.#changes || this.#tables.phase(host, flow, at) !== this.#before
    const session = isNews ? this.#tables.read(host, flow, at) : undefined
    if (!isNews || session !== undefined) return session
    // An end is news only if there was a session before, and is told only if the session was told.
    const ended = this.#before !== 0 && (!this.#changes || this.#told[host]?.has(flow) === true)
    return ended ? 'gone' : undefined
  }

  /** The hosts at which a session that they have told of has ended by itself. */
  ended(flow: number, at: Nanos): readonly number[] {
    if (!this.#changes) return NONE
    let ended = NONE
    for (let host = 0; host < this.#told.length; host++)
      if (this.#told[host]?.has(flow) === true && this.#tables.phase(host, flow, at) === 0)
        ended = [...ended, host]
    return ended
  }

  /** Notes that a host tells of a flow. */
  tell(host: number, flow: number, item: Item): void {
    if (item === 'gone') this.#told[host]?.delete(flow)
    else if (this.#changes) this.#told[host]?.add(flow)
  }

  /** A host no longer tells of a flow, because another one has told of it. */
  forget(host: number, flow: number): void {
    this.#told[host]?.delete(flow)
  }

  /** A host has lost everything, without telling. */
  lose(host: number): void {
    this.#told[host]?.clear()
  }

  clear(): void {
    for (const told of this.#told) told.clear()
  }
}
