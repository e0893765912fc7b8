import type { Injection } from '../../model/case.ts'
import type { HostEvent } from '../../model/timeline.ts'

/** The session store goes down, or comes up again, for all hosts. */
export function storeOutage({ state }: Extract<Injection, { kind: 'store-outage' }>): HostEvent {
  return { kind: 'store', state }
}
