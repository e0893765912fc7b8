import type { Injection, Position } from '../model/case.ts'
import type { Sharing } from '../model/setup.ts'
import { FlowbreakError } from '../support/errors.ts'

/** Injections that only one kind of sharing has something for, and the problem with them in a setup with another kind. */
const OF_SHARING: {
  readonly [K in Injection['kind']]?: readonly [sharing: Sharing['kind'], problem: string]
} = {
  'store-outage': [
    'store',
    'There is no store in this setup: write sharing: store, or leave the outage out.',
  ],
  'replication-loss': [
    'replication',
    'Nothing is replicated in this setup: write sharing: replication, or leave the loss out.',
  ],
}

/** Why an injection of this kind would break nothing in a setup with this kind of sharing; undefined: it would. */
export function breaksNothing(kind: Injection['kind'], sharing: Sharing['kind']): string | undefined {
  const [needed, problem] = OF_SHARING[kind] ?? [sharing]
  return needed === sharing ? undefined : problem
}

/** Why the injection at `index` of a case's has nothing to undo; undefined: it has, or may have, or it undoes nothing. */
export function undoesNothing(injections: readonly Injection[], index: number): string | undefined {
  const injection = injections[index]
  if (injection === undefined) return undefined
  const undone = (is: (other: Injection) => boolean) =>
    injections.some((other, at) => is(other) && ((order(other.at, injection.at) ?? -1) || at - index) < 0)
  if (injection.kind === 'path-return' && !undone(isDetour))
    return 'No host-swap and no asymmetric-path comes before it, so it undoes nothing: put one before it, or leave it out.'
  if (injection.kind === 'store-outage' && injection.state === 'up' && !undone(isOutage))
    return 'No outage comes before it, so the store is up already: put a store-outage before it, or leave it out.'
  return undefined
}

/** Throws ERR_INJECTION for the first injection that would break nothing, or undo nothing, in a setup with this kind of sharing. */
export function checkInjections(injections: readonly Injection[], sharing: Sharing['kind']): void {
  for (const [index, { kind, label }] of injections.entries()) {
    const foreign = breaksNothing(kind, sharing)
    if (foreign !== undefined) throw new FlowbreakError('ERR_INJECTION', foreign)
    const idle = undoesNothing(injections, index)
    if (idle !== undefined) throw new FlowbreakError('ERR_INJECTION', `${label}: ${idle}`)
  }
}

function isDetour({ kind }: Injection): boolean {
  return kind === 'host-swap' || kind === 'asymmetric-path'
}

function isOutage(injection: Injection): boolean {
  return injection.kind === 'store-outage' && injection.state !== 'up'
}

/** Below 0 if `a` comes first, 0 at the same place; undefined: that depends on the capture. */
function order(a: Position, b: Position): number | undefined {
  if ('packet' in a && 'packet' in b) return a.packet - b.packet
  if ('time' in a && 'time' in b) return a.time - b.time
  if (!('before' in a && 'before' in b) || a.before !== b.before || a.direction !== b.direction)
    return undefined
  return a.nth - b.nth
}
