import type { Injection } from '../../model/case.ts'
import { FlowbreakError } from '../../support/errors.ts'
import type { Happening } from './context.ts'

/**
 * The host that serves the flow (or the one named) leaves, drained, crashed or failing its health checks; its flows are the load
 * balancer's to move. It may be flushed, and come back, while packets go on.
 */
export function hostSwap(
  injection: Extract<Injection, { kind: 'host-swap' }>,
  flow: number,
  hosts: readonly string[],
): readonly Happening[] {
  const { cause, during, flush, back } = injection
  const host = injection.host === undefined ? -1 : hostIndex(hosts, injection.host)
  const outage = during === undefined ? {} : ({ outage: true } as const)
  const happenings: Happening[] = [{ after: 0, event: { kind: cause, host, flow, ...outage } }]
  if (flush !== undefined) happenings.push({ after: flush, event: { kind: 'flush' } })
  if (back !== undefined) happenings.push({ after: back, event: { kind: 'restore', host, ...outage } })
  return happenings.sort((a, b) => a.after - b.after)
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
