import type { Injection } from '../../model/case.ts'
import type { Sharing } from '../../model/setup.ts'
import { asymmetricPath } from './asymmetric-path.ts'
import type { Happening, InjectionContext } from './context.ts'
import { duplicate } from './duplicate.ts'
import { hostSwap } from './host-swap.ts'
import { idleGap } from './idle-gap.ts'
import { pathReturn } from './path-return.ts'
import { reconnect } from './reconnect.ts'
import { segment } from './segment.ts'
import { storeOutage } from './store-outage.ts'
import { tableFull } from './table-full.ts'
import { timeoutChange } from './timeout-change.ts'

/** Applies an injection at its place. */
export function inject(injection: Injection, context: InjectionContext): void {
  for (const { after, event } of happeningsOf(injection, context.flow, context.hosts, context.sharing))
    context.put({ type: 'event', event }, after === 0 ? undefined : context.now + after)
  if (injection.kind === 'idle-gap') idleGap(injection, context)
  else if (injection.kind === 'reconnect') reconnect(injection, context)
  else if (injection.kind === 'segment') segment(injection, context)
  else if (injection.kind === 'duplicate') duplicate(injection, context)
}

/** The host events of an injection, in order (hosts, paths, load balancer); none for injections that change packets. */
export function happeningsOf(
  injection: Injection,
  flow: number,
  hosts: readonly string[],
  sharing: Sharing,
): readonly Happening[] {
  switch (injection.kind) {
    case 'host-swap':
      return hostSwap(injection, flow, hosts, sharing)
    case 'asymmetric-path':
      return [{ after: 0, event: asymmetricPath(injection, flow, hosts) }]
    case 'path-return':
      return [{ after: 0, event: pathReturn() }]
    case 'store-outage':
      return [{ after: 0, event: storeOutage(injection) }]
    case 'timeout-change':
      return [{ after: 0, event: timeoutChange(injection) }]
    case 'table-full':
      return [{ after: 0, event: tableFull(injection) }]
    case 'replication-loss':
      return [{ after: 0, event: { kind: 'lose-replicas', flow: injection.scope === 'flow' ? flow : -1 } }]
    default:
      return []
  }
}
