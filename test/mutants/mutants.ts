import type { Mutant } from './mutant.ts'
import { CLUSTER } from './tables/cluster.ts'
import { CONNTRACK } from './tables/conntrack.ts'
import { CONNTRACK_NUMBERS } from './tables/conntrack-numbers.ts'
import { ENGINE } from './tables/engine.ts'
import { OTHERS } from './tables/others.ts'
import { PATH } from './tables/path.ts'
import { RULES } from './tables/rules.ts'
import { MISS, TCP } from './tables/sessions.ts'
import { KNOBS, MODES } from './tables/settings.ts'
import { REPLICATION } from './tables/sharing.ts'
import { STATELESS } from './tables/stateless.ts'
import { STORE } from './tables/store.ts'
import { SYNC } from './tables/sync.ts'
import { TIMEOUTS } from './tables/timeouts.ts'

/** All mutants. Which process plays which goes by their order, so that narrow and broad ones are mixed. */
export const MUTANTS: readonly Mutant[] = [
  ...KNOBS,
  ...MODES,
  ...TIMEOUTS,
  ...STATELESS,
  ...MISS,
  ...TCP,
  ...ENGINE,
  ...OTHERS,
  ...CONNTRACK,
  ...CONNTRACK_NUMBERS,
  ...RULES,
  ...PATH,
  ...REPLICATION,
  ...CLUSTER,
  ...SYNC,
  ...STORE,
]
