import type { Nanos } from '../../model/batch.ts'
import type { HostEvent } from '../../model/timeline.ts'

/** What a live target does to its hosts, apart from sending packets through them. */
export interface HostActions {
  /**
   * Applies an event to hosts; resolves once that is done. True if traffic may have been disturbed, so that flows
   * must wait until a host answers again. Events that concern only the load balancer are passed too.
   */
  apply(event: HostEvent, at: Nanos, signal: AbortSignal): Promise<boolean>
  /** Whether a host can take packets, as far as the target's own actions go: not between a crash and its return. */
  isUp(host: number): boolean
  /**
   * Hosts that were started since the last call and have forwarded nothing yet: each must answer before anything goes on.
   * Absent: a host that is up takes packets at once.
   */
  started?(): readonly number[]
  /** Empties the session tables of all hosts, zeroes counters and undoes the effects of events. */
  reset(): Promise<void>
  /** As `Session.collect`. */
  collect?(signal: AbortSignal): Promise<string>
  /** By host, under AWS's names. */
  counters(): Promise<readonly Readonly<Record<string, number>>[]>
}
