import type { Nanos } from '../../model/batch.ts'
import type { SyncSharing } from '../../model/setup.ts'
import type { SessionTables } from '../../model/sharing.ts'

/** What is told of a flow: its session, or that there is none any more. */
export type Item = Uint8Array | 'gone'

const NONE: readonly number[] = []

/** What a host has news of once it has decided about a packet. */
export class News {
  readonly #tables: SessionTables
  readonly #changes: boolean
  /** By host: flows that it has told of, and that have not ended there since. */
  readonly #told: readonly Set<number>[]
  /** What the host held when the packet came. */
  #before = 0

  constructor(tables: SessionTables, settings: SyncSharing) {
    this.#tables = tables
    this.#changes = settings.updates === 'changes'
    this.#told = Array.from({ length: tables.hosts }, () => new Set())
  }

  /** A packet of a flow comes to a host. */
  begin(host: number, flow: number, at: Nanos): void {
    this.#before = this.#changes
      ? this.#tables.phase(host, flow, at)
      : Number(this.#tables.has(host, flow, at))
  }

  /** The packet was decided; undefined: it is no news. */
  of(host: number, flow: number, at: Nanos): Item | undefined {
    const isNews = !this.#changes || this.#tables.phase(host, flow, at) !== this.#before
    const session = isNews ? this.#tables.read(host, flow, at) : undefined
    if (!isNews || session !== undefined) return session
    // Only where there was one is it news that there is none; and only of what was told before is an end told.
    const ended = this.#before !== 0 && (!this.#changes || this.#told[host]?.has(flow) === true)
    return ended ? 'gone' : undefined
  }

  /** The hosts whose session of a flow, which they have told of, has ended by itself. */
  ended(flow: number, at: Nanos): readonly number[] {
    if (!this.#changes) return NONE
    let ended = NONE
    for (let host = 0; host < this.#told.length; host++)
      if (this.#told[host]?.has(flow) === true && this.#tables.phase(host, flow, at) === 0)
        ended = [...ended, host]
    return ended
  }

  /** A host tells of a flow. */
  tell(host: number, flow: number, item: Item): void {
    if (item === 'gone') this.#told[host]?.delete(flow)
    else if (this.#changes) this.#told[host]?.add(flow)
  }

  /** A host has nothing to tell of a flow any more: another one has. */
  forget(host: number, flow: number): void {
    this.#told[host]?.delete(flow)
  }

  /** A host has lost everything, without a word. */
  lose(host: number): void {
    this.#told[host]?.clear()
  }

  clear(): void {
    for (const told of this.#told) told.clear()
  }
}
