import { NANOS_PER_SECOND, type Nanos } from '../../model/batch.ts'
import type { Setup } from '../../model/setup.ts'
import type { HostEvent } from '../../model/timeline.ts'
import { profileOf } from '../../profile/index.ts'

/** A host event of one case, with its host, just before that packet of what the case offers. */
export interface Happening {
  readonly before: number
  readonly at: Nanos
  readonly event: HostEvent
}

/**
 * The events that affect a firewall, in order. If sessions are not shared, most events concern only the load balancer. A crash
 * empties a table; this matters to a case if one of its packets reaches that host afterwards, or if sessions send resets when they
 * expire. `reaches`: whether a probe packet from that place on reaches the host.
 */
export function mattering(
  happenings: readonly Happening[],
  setup: Setup,
  reaches: (host: number, from: number) => boolean,
): readonly Happening[] {
  if (happenings.length === 0) return happenings
  const touching = happenings.filter(({ event }) => !('scope' in event && event.scope === 'lb'))
  if (setup.topology.sharing.kind !== 'none') return touching
  const told = tellsOfExpiry(setup)
  const crashed = new Set<number>()
  return touching.filter(({ event, before }) => {
    switch (event.kind) {
      case 'set-timeout':
      case 'fill-table':
        return true
      case 'crash':
        if (!told && !reaches(event.host, before)) return false
        crashed.add(event.host)
        return true
      case 'restore':
        return crashed.has(event.host)
      case 'return':
        return crashed.size > 0
      default:
        return false
    }
  })
}

function tellsOfExpiry(setup: Setup): boolean {
  return (setup.policy.resetOnExpiry ?? profileOf(setup).knobs.resetOnExpiry.value) !== 'none'
}

/**
 * The events of a case in words that are equal for cases whose events coincide if one case is moved by whole seconds, because some
 * clocks tick in seconds. Flow ids are left out, because they belong to one case.
 */
export function patternOf(happenings: readonly Happening[]): string {
  const [first] = happenings
  if (first === undefined) return ''
  const events = happenings.map(({ at, event }) => [at - first.at, 'flow' in event ? unflowed(event) : event])
  return JSON.stringify([first.at % NANOS_PER_SECOND, events])
}

function unflowed(event: HostEvent & { readonly flow: number }): object {
  return { ...event, flow: event.flow < 0 ? -1 : 0 }
}
