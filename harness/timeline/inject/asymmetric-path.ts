import type { Injection } from '../../model/case.ts'
import { Direction, Host } from '../../model/codes.ts'
import type { HostEvent } from '../../model/timeline.ts'
import { hostIndex } from './host-swap.ts'

/** From here on one direction goes through another host, or around the firewall. */
export function asymmetricPath(
  injection: Extract<Injection, { kind: 'asymmetric-path' }>,
  flow: number,
  hosts: readonly string[],
): HostEvent {
  return {
    kind: 'steer',
    flow: injection.scope === 'flow' ? flow : -1,
    direction: Direction[injection.direction],
    host: injection.to === 'bypass' ? Host.bypass : hostIndex(hosts, injection.to),
  }
}
