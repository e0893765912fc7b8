import type { Injection } from '../../model/case.ts'
import type { HostEvent } from '../../model/timeline.ts'
import { asymmetricPath } from './asymmetric-path.ts'
import type { InjectionContext } from './context.ts'
import { duplicate } from './duplicate.ts'
import { hostSwap } from './host-swap.ts'
import { idleGap } from './idle-gap.ts'
import { pathReturn } from './path-return.ts'
import { reconnect } from './reconnect.ts'
import { segment } from './segment.ts'

/** Lets an injection do its work at its place. */
export function inject(injection: Injection, context: InjectionContext): void {
  const event = hostEventOf(injection, context.flow, context.hosts)
  if (event !== undefined) context.put({ type: 'event', event })
  else if (injection.kind === 'idle-gap') idleGap(injection, context)
  else if (injection.kind === 'reconnect') reconnect(injection, context)
  else if (injection.kind === 'segment') segment(injection, context)
  else if (injection.kind === 'duplicate') duplicate(injection, context)
}

/** What an injection does to hosts and paths; undefined for those that change packets. */
export function hostEventOf(
  injection: Injection,
  flow: number,
  hosts: readonly string[],
): HostEvent | undefined {
  if (injection.kind === 'host-swap') return hostSwap(injection, flow, hosts)
  if (injection.kind === 'asymmetric-path') return asymmetricPath(injection, flow, hosts)
  if (injection.kind === 'path-return') return pathReturn()
  return undefined
}
