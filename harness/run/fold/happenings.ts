import { NANOS_PER_SECOND, type Nanos } from '../../model/batch.ts'
import type { Setup } from '../../model/setup.ts'
import type { HostEvent } from '../../model/timeline.ts'
import { profileOf } from '../../profile/index.ts'

/** A host event of one case, its host resolved, just before the packet in that place of what the case offers. */
export interface Happening {
  readonly before: number
  readonly at: Nanos
  readonly event: HostEvent
}

/**
 * The events that touch a firewall, in order. Where sessions are not shared, most are the load balancer's doing alone; a crash
 * empties a table, which matters to a case if one of its packets reaches that host afterwards, or if the sessions in it would have
 * told of their expiry. `reaches`: whether a probe packet does, from that place on.
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
 * What happens in a case, in words that are equal for cases whose events coincide when one is moved by whole seconds, since there
 * are clocks that tick in seconds. Which flow an event was found by is its case's own.
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
