import { NANOS_PER_SECOND, type Nanos } from '../../model/batch.ts'
import type { SyncSharing } from '../../model/setup.ts'
import type { Expectation, Query, SessionTables, Taking } from '../../model/sharing.ts'

/** The lifetime of an entry that is put into the table after its time is up (conntrack-tools cache-ct.c, cache_ct_commit_step). */
const LEAST = 60 * NANOS_PER_SECOND

/** What a host does with sessions from others: puts them into its table at once, or into a cache until it takes over. */
export class Receiver {
  readonly #tables: SessionTables
  readonly #settings: SyncSharing
  readonly #taking: Taking
  /** How entries of a cache are put into the table. */
  readonly #committing: Taking
  /** By host: sessions by flow. */
  readonly #caches: readonly Map<number, Uint8Array>[]
  readonly #expected: readonly Expectation[][]
  readonly #queries: readonly Map<number, Query>[]

  constructor(tables: SessionTables, settings: SyncSharing) {
    this.#tables = tables
    this.#settings = settings
    const windows = settings.peerVersion === 'older' ? 'none' : settings.windows
    const changes = settings.updates === 'changes'
    this.#taking = { windows, held: changes ? 'update' : 'merge' }
    this.#committing = changes ? { windows, held: 'replace', least: LEAST } : this.#taking
    this.#caches = Array.from({ length: tables.hosts }, () => new Map())
    this.#expected = Array.from({ length: tables.hosts }, () => [])
    this.#queries = Array.from({ length: tables.hosts }, () => new Map())
  }

  /** Receives a session; undefined: it has ended. */
  receive(host: number, flow: number, session: Uint8Array | undefined, at: Nanos): void {
    const cache = this.#caches[host]
    if (this.#settings.externalCache && cache !== undefined) {
      if (session === undefined) cache.delete(flow)
      else cache.set(flow, session)
    } else if (session === undefined) this.#tables.remove(host, flow, at)
    else this.#inject(host, flow, session, at, this.#taking)
  }

  /** Receives an expected connection of another host. */
  expect(host: number, expectation: Expectation): void {
    if (this.#settings.externalCache) this.#expected[host]?.push(expectation)
    else this.#tables.expected?.add(host, expectation)
  }

  /** Receives an ICMP query. */
  ask(host: number, query: Query, at: Nanos): void {
    if (this.#settings.externalCache) this.#queries[host]?.set(query.key, query)
    else this.#tables.queries?.add(host, query, at)
  }

  /** The host takes over: the contents of its cache go into its table. */
  commit(host: number, at: Nanos): void {
    const cache = this.#caches[host]
    for (const [flow, session] of cache ?? []) this.#inject(host, flow, session, at, this.#committing)
    cache?.clear()
    for (const expectation of this.#expected[host]?.splice(0) ?? [])
      this.#tables.expected?.add(host, expectation)
    const queries = this.#queries[host]
    for (const query of queries?.values() ?? [])
      this.#tables.queries?.add(host, query.until < at ? { ...query, until: at + LEAST } : query, at)
    queries?.clear()
  }

  /** The host has lost everything. */
  forget(host: number): void {
    this.#caches[host]?.clear()
    this.#expected[host]?.splice(0)
    this.#queries[host]?.clear()
  }

  clear(): void {
    for (const cache of this.#caches) cache.clear()
    for (const expected of this.#expected) expected.length = 0
    for (const queries of this.#queries) queries.clear()
  }

  #inject(host: number, flow: number, session: Uint8Array, at: Nanos, taking: Taking): void {
    this.#tables.write(host, flow, session, at, this.#settings.liberal, taking)
  }
}
