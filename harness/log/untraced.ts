import type { RunEvent } from '../model/run-log.ts'

/** What reports need of a case that passed, without its packets: thousands of them would fill a memory, or a page. */
export function untraced(event: RunEvent): RunEvent {
  if (event.type !== 'case-finished' || event.outcome !== 'pass' || event.sightings !== undefined)
    return event
  const { trace: _, ...rest } = event
  return rest
}
