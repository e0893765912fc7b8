import type { Sharing } from '../model/setup.ts'
import { none } from './none.ts'
import { replication } from './replication.ts'
import type { SharingModel } from './sharing-model.ts'

const MODELS: Readonly<Record<Sharing['kind'], SharingModel>> = { none, replication }

/** The sharing model of a setup, to be given to the engine. */
export function makeSharing(sharing: Sharing): SharingModel {
  return MODELS[sharing.kind]
}
