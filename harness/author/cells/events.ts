import type { Case, Injection } from '../../model/case.ts'

/** Something that can befall a flow, whatever its protocol and however sessions are shared. */
export interface CoveredEvent {
  readonly name: string
  readonly happens: (injection: Injection) => boolean
}

/**
 * The events of the coverage. Not among them are packets that somebody sends (`segment`, `duplicate`), which are what a flow is made of, and
 * what befalls the sharing itself (`replication-loss`, `store-outage`), which each model of it has of its own.
 */
export const COVERED_EVENTS: readonly CoveredEvent[] = [
  swap('drain'),
  swap('crash'),
  swap('unhealthy'),
  kind('idle-gap'),
  {
    name: 'asymmetric-path',
    happens: (injection) => injection.kind === 'asymmetric-path' && injection.to !== 'bypass',
  },
  {
    name: 'asymmetric-path:bypass',
    happens: (injection) => injection.kind === 'asymmetric-path' && injection.to === 'bypass',
  },
  kind('path-return'),
  kind('reconnect'),
  kind('timeout-change'),
  kind('table-full'),
]

/** The events that happen in a case, by name. */
export function eventsIn({ injections }: Pick<Case, 'injections'>): readonly string[] {
  return COVERED_EVENTS.filter(({ happens }) => injections.some(happens)).map(({ name }) => name)
}

function swap(cause: 'drain' | 'crash' | 'unhealthy'): CoveredEvent {
  return {
    name: `host-swap:${cause}`,
    happens: (injection) => injection.kind === 'host-swap' && injection.cause === cause,
  }
}

function kind(name: Injection['kind']): CoveredEvent {
  return { name, happens: (injection) => injection.kind === name }
}
