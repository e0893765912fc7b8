import type { Nanos } from '../model/batch.ts'
import type { MakeSharing, SessionTables, SharingModel } from '../model/sharing.ts'
import type { HostEvent } from '../model/timeline.ts'

/**
 * AWS: a draining host's table is exported and copied to the hosts in service before its flows move (AWS Network Firewall, session state replication). A
 * crash copies nothing: there is nobody left to export.
 */
class Replication implements SharingModel {
  readonly watchesPackets = false
  readonly pending = undefined
  readonly #tables: SessionTables

  constructor(tables: SessionTables) {
    this.#tables = tables
  }

  arrive(_packets: unknown, _index: number, host: number): number {
    return host
  }

  decided(): void {}

  apply(event: HostEvent, at: Nanos): void {
    if (event.kind !== 'drain') return
    for (const other of this.#tables.inService()) this.#tables.copyAll(event.host, other, at)
  }

  reset(): void {}
}

export const replication: MakeSharing = (tables) => new Replication(tables)
