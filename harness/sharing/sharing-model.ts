import type { Nanos } from '../model/batch.ts'

/** What a sharing model may do with the session tables of the hosts. */
export interface SessionTables {
  /** Copies every live session of a host to another one, which keeps what it has seen later itself. */
  copy(from: number, to: number, at: Nanos): void
}

/** How session state reaches another host: called when a host leaves, before its table is lost and its flows move. */
export interface SharingModel {
  /** `inService`: the hosts that go on. */
  hostLeaves(
    cause: 'drain' | 'crash',
    host: number,
    inService: readonly number[],
    tables: SessionTables,
    at: Nanos,
  ): void
}
