import type { SharingModel } from './sharing-model.ts'

/**
 * AWS: a draining host's table is exported and copied to the hosts in service before its flows move (AWS Network Firewall, session state replication). A
 * crash copies nothing: there is nobody left to export.
 */
export const replication: SharingModel = {
  hostLeaves(cause, host, inService, tables, at) {
    if (cause === 'crash') return
    for (const other of inService) tables.copy(host, other, at)
  },
}
