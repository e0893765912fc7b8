import type { RunEvent } from '../model/run-log.ts'

/**
 * How long the cases of runs took, in milliseconds by name: the sum over all targets; for a case that was played several times on one
 * target, the last time counts. Cases that were not played are absent.
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
