import type { Injection } from '../../model/case.ts'
import type { HostEvent } from '../../model/timeline.ts'

/** Whoever's time-out it is has another one from here on. */
export function timeoutChange({ scope, tcpIdle }: Extract<Injection, { kind: 'timeout-change' }>): HostEvent {
  return { kind: 'set-timeout', scope, tcpIdle }
}
