import type { HostEvent } from '../../model/timeline.ts'

/** Hosts come back into service, steered paths are undone, and flows go where they went first. */
export function pathReturn(): HostEvent {
  return { kind: 'return' }
}
