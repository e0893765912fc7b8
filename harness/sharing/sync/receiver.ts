import type { Nanos } from '../../model/batch.ts'
import type { SyncSharing } from '../../model/setup.ts'
import type { Expectation, SessionTables, Taking } from '../../model/sharing.ts'

/** What a host does with the sessions that it is told of: into its table at once, or into a cache until it takes over. */
export class Receiver {
  readonly #tables: SessionTables
  readonly #settings: SyncSharing
  readonly #taking: Taking
  /** By host: sessions by flow. */
  readonly #caches: readonly Map<number, Uint8Array>[]
  readonly #expected: readonly Expectation[][]

  constructor(tables: SessionTables, settings: SyncSharing) {
    this.#tables = tables
    this.#settings = settings
    const windows = settings.peerVersion === 'older' ? 'none' : settings.windows
    this.#taking = { windows, merge: true }
    this.#caches = Array.from({ length: tables.hosts }, () => new Map())
    this.#expected = Array.from({ length: tables.hosts }, () => [])
  }

  /** A session came; undefined: it is gone. */
  receive(host: number, flow: number, session: Uint8Array | undefined, at: Nanos): void {
    const cache = this.#caches[host]
    if (this.#settings.externalCache && cache !== undefined) {
      if (session === undefined) cache.delete(flow)
      else cache.set(flow, session)
    } else if (session === undefined) this.#tables.remove(host, flow, at)
    else this.#inject(host, flow, session, at)
  }

  /** A connection is expected at another host. */
  expect(host: number, expectation: Expectation): void {
    if (this.#settings.externalCache) this.#expected[host]?.push(expectation)
    else this.#tables.expected?.add(host, expectation)
  }

  /** The host takes over: what it was told of goes into its table. */
  commit(host: number, at: Nanos): void {
    const cache = this.#caches[host]
    for (const [flow, session] of cache ?? []) this.#inject(host, flow, session, at)
    cache?.clear()
    for (const expectation of this.#expected[host]?.splice(0) ?? [])
      this.#tables.expected?.add(host, expectation)
  }

  /** The host has lost everything. */
  forget(host: number): void {
    this.#caches[host]?.clear()
    this.#expected[host]?.splice(0)
  }

  clear(): void {
    for (const cache of this.#caches) cache.clear()
    for (const expected of this.#expected) expected.length = 0
  }

  #inject(host: number, flow: number, session: Uint8Array, at: Nanos): void {
    this.#tables.write(host, flow, session, at, this.#settings.liberal, this.#taking)
  }
}
