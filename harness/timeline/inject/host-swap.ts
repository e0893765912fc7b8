import type { Injection } from '../../model/case.ts'
import type { HostEvent } from '../../model/timeline.ts'
import { FlowbreakError } from '../../support/errors.ts'

/** The host that serves the flow (or the one named) leaves, drained or crashed; its flows are the load balancer's to move. */
export function hostSwap(
  injection: Extract<Injection, { kind: 'host-swap' }>,
  flow: number,
  hosts: readonly string[],
): HostEvent {
  const host = injection.host === undefined ? -1 : hostIndex(hosts, injection.host)
  return { kind: injection.cause, host, flow }
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
