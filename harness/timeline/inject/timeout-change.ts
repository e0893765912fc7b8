import type { Injection } from '../../model/case.ts'
import type { HostEvent } from '../../model/timeline.ts'

/** The idle time-out of `scope` is changed from here on. */
export function timeoutChange({ scope, tcpIdle }: Extract<Injection, { kind: 'timeout-change' }>): HostEvent {
  return { kind: 'set-timeout', scope, tcpIdle }
}
