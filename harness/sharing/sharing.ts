import type { Sharing } from '../model/setup.ts'
import type { MakeSharing } from '../model/sharing.ts'
import { cluster } from './cluster/cluster.ts'
import { none } from './none.ts'
import { replication } from './replication/replication.ts'
import { snat } from './snat.ts'
import { makeSync } from './sync/sync.ts'

/** The sharing of a setup made ready: the model to be given to one engine, and what it must let go of afterwards. */
export interface OpenSharing extends AsyncDisposable {
  readonly make: MakeSharing
}

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
  }
}

/** Makes the sharing of a setup ready. Throws FlowbreakError where what it needs from outside is not there. */
export async function openSharing(sharing: Sharing): Promise<OpenSharing> {
  return { make: makeSharing(sharing), async [Symbol.asyncDispose]() {} }
}
