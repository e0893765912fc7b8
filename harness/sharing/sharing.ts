import type { Sharing } from '../model/setup.ts'
import type { MakeSharing } from '../model/sharing.ts'
import { cluster } from './cluster/cluster.ts'
import { none } from './none.ts'
import type { OpenSharing } from './open-sharing.ts'
import { replication } from './replication/replication.ts'
import { snat } from './snat.ts'
import { makeSync } from './sync/sync.ts'

/** The model of a sharing that needs nothing from outside. */
export function makeSharing(sharing: Sharing): MakeSharing {
  switch (sharing.kind) {
    case 'none':
      return none
    case 'replication':
      return replication(sharing)
    case 'cluster':
      return cluster(sharing)
    case 'sync':
      return makeSync(sharing)
    case 'snat':
      return snat
    case 'store':
      throw new RangeError('sharing store is for openSharing')
  }
}

/** Makes the sharing of a setup ready. Throws FlowbreakError if something that it needs from outside is missing. */
export async function openSharing(sharing: Sharing): Promise<OpenSharing> {
  // It loads a client and starts a server, which few replays need.
  if (sharing.kind === 'store') return (await import('./store/open-store.ts')).openStore(sharing)
  return { make: makeSharing(sharing), async [Symbol.asyncDispose]() {} }
}
