import type { Case, Expectation } from '../model/case.ts'
import type { Setup } from '../model/setup.ts'
import type { Capabilities } from '../model/target.ts'
import type { HostEventKind } from '../model/timeline.ts'

/** What a case needs that a target lacks, as words for reports (`policy continue`, `3 hosts`); undefined: nothing. */
export function lacks(test: Case, capabilities: Capabilities): string | undefined {
  const lacking = setupLacks(test.setup, capabilities)
  if (lacking !== undefined) return lacking
  // Captures are not read here: a case says its family by an axis of that name.
  const family = test.axes.family
  if ((family === 'ipv4' || family === 'ipv6') && !capabilities.families.includes(family))
    return `family ${family}`
  const event = eventsOf(test).find((kind) => !capabilities.events.includes(kind))
  if (event !== undefined) return `event ${event}`
  if (!capabilities.reactive && needsAnswers(test)) return 'reactive'
  const unseen = test.expectations
    .flatMap(observationsOf)
    .find((what) => !capabilities.observes.includes(what))
  return unseen === undefined ? undefined : `observes ${unseen}`
}

/** The same of a setup alone. */
export function setupLacks({ topology, policy }: Setup, capabilities: Capabilities): string | undefined {
  if (topology.hosts.length > capabilities.hosts) return `${topology.hosts.length} hosts`
  if (!capabilities.policies.includes(policy.exception)) return `policy ${policy.exception}`
  return capabilities.sharing.includes(topology.sharing.kind) ? undefined : `sharing ${topology.sharing.kind}`
}

/** What follows when a host drains whose sessions are replicated. */
const REPLICATION = ['end-drain', 'export', 'replicate', 'flush'] as const

function eventsOf({ injections, setup }: Case): readonly HostEventKind[] {
  return injections.flatMap((injection): readonly HostEventKind[] => {
    if (injection.kind === 'host-swap') {
      const replicated = injection.cause === 'drain' && setup.topology.sharing.kind === 'replication'
      return [
        injection.cause,
        ...(replicated ? REPLICATION : []),
        ...(injection.flush === undefined ? [] : (['flush'] as const)),
        ...(injection.back === undefined ? [] : (['restore'] as const)),
      ]
    }
    if (injection.kind === 'timeout-change') return ['set-timeout']
    if (injection.kind === 'table-full') return ['fill-table']
    if (injection.kind === 'replication-loss') return ['lose-replicas']
    if (injection.kind === 'asymmetric-path') return ['steer']
    if (injection.kind === 'store-outage') return ['store']
    return injection.kind === 'path-return' ? ['return'] : []
  })
}

/** Whether what is offered depends on what became of earlier packets. */
function needsAnswers({ endpoints, injections }: Case): boolean {
  return (
    endpoints === 'reactive' ||
    injections.some((each) => each.kind === 'reconnect' && each.when !== undefined)
  )
}

/** What has to be seen to grade an expectation; a provisional one fails nobody, so it needs nothing. */
function observationsOf(expectation: Expectation): readonly Capabilities['observes'][number][] {
  if (expectation.level === 'provisional') return []
  if (expectation.kind === 'counter') return ['counters']
  if (expectation.kind === 'impact') return ['verdict']
  if (expectation.kind === 'expiry-resets') return ['emitted']
  const needed: Capabilities['observes'][number][] = ['verdict']
  if (expectation.reason !== undefined) needed.push('reason')
  if (expectation.parts !== undefined) needed.push('parts')
  if (expectation.conforms.every((verdict) => verdict === 'reject')) needed.push('emitted')
  return needed
}
