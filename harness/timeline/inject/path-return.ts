import type { HostEvent } from '../../model/timeline.ts'

/** Hosts come back into service, steering ends, and flows go back to their first hosts. */
export function pathReturn(): HostEvent {
  return { kind: 'return' }
}
