import type { RunEvent } from '../model/run-log.ts'

/**
 * What the cases of runs took, in milliseconds by name: on all targets together, and of a case that was played more than once on one, the
 * last time. Those that were not played are not there.
 */
export function costsOf(events: Iterable<RunEvent>): Map<string, number> {
  const took = new Map<string, Map<string, number>>()
  for (const event of events) {
    if (event.type !== 'case-finished' || event.outcome === 'error') continue
    const targets = took.get(event.target) ?? new Map<string, number>()
    took.set(event.target, targets.set(event.case.name, event.durationMs))
  }
  const costs = new Map<string, number>()
  for (const targets of took.values())
    for (const [name, cost] of targets) costs.set(name, (costs.get(name) ?? 0) + cost)
  return costs
}
