import { NANOS_PER_SECOND, type Nanos } from '../../model/batch.ts'
import type { Injection } from '../../model/case.ts'
import type { ReplicationSharing, Sharing } from '../../model/setup.ts'
import { FlowbreakError } from '../../support/errors.ts'
import type { Happening } from './context.ts'

/**
 * The host that serves the flow (or the one named) leaves: drained, crashed or failing its health checks. What happens to its flows is
 * left to the load balancer. Its flows may be flushed, and it may come back, while packets go on.
 */
export function hostSwap(
  injection: Extract<Injection, { kind: 'host-swap' }>,
  flow: number,
  hosts: readonly string[],
  sharing: Sharing,
): readonly Happening[] {
  const { cause, during, flush, back } = injection
  const host = injection.host === undefined ? -1 : hostIndex(hosts, injection.host)
  const replicated = cause === 'drain' && sharing.kind === 'replication'
  const outage = during === undefined && !replicated ? {} : ({ outage: true } as const)
  const happenings: Happening[] = [{ after: 0, event: { kind: cause, host, flow, ...outage } }]
  if (replicated) happenings.push(...replicationSteps(sharing, host, flush))
  else if (flush !== undefined) happenings.push({ after: flush, event: { kind: 'flush' } })
  if (back !== undefined) happenings.push({ after: back, event: { kind: 'restore', host, ...outage } })
  return happenings.sort((a, b) => a.after - b.after)
}

/** Events after a deregistration (AWS Network Firewall, session state replication). Absent `flush`: once the other hosts have the flows. */
function replicationSteps(
  { drain, transfer }: ReplicationSharing,
  host: number,
  flush: Nanos | undefined,
): readonly Happening[] {
  const exported = drain * NANOS_PER_SECOND
  const replicated = exported + transfer * NANOS_PER_SECOND
  return [
    { after: exported, event: { kind: 'end-drain', host } },
    { after: exported, event: { kind: 'export', host } },
    { after: replicated, event: { kind: 'replicate', host } },
    { after: flush ?? replicated, event: { kind: 'flush' } },
  ]
}

/** The index of a host by name; ERR_HOST_UNKNOWN. */
export function hostIndex(hosts: readonly string[], name: string): number {
  const index = hosts.indexOf(name)
  if (index >= 0) return index
  throw new FlowbreakError(
    'ERR_HOST_UNKNOWN',
    `There is no host ${name}: the topology has ${hosts.join(', ')}.`,
  )
}
