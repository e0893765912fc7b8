import type { Nanos } from '../../model/batch.ts'
import type { HostEvent } from '../../model/timeline.ts'

/** What a live target does to its hosts, beside what is sent through them. */
export interface HostActions {
  /**
   * Does to hosts what an event says; resolved once it is done. True where traffic may have been disturbed, so that the flows
   * have to wait until a host answers again. Events that are the load balancer's own are handed on too.
   */
  apply(event: HostEvent, at: Nanos, signal: AbortSignal): Promise<boolean>
  /** Whether packets can go by a host at all, as far as the target's own doings go: not between a crash and its return. */
  isUp(host: number): boolean
  /**
   * Hosts that were started since this was last asked and have let nothing through yet: each is heard from before anything goes on.
   * Absent: what is up takes packets at once.
   */
  started?(): readonly number[]
  /** Empties the session tables of all hosts, zeroes counters and undoes what events did. */
  reset(): Promise<void>
  /** As `Session.collect`. */
  collect?(signal: AbortSignal): Promise<string>
  /** By host, under AWS's names. */
  counters(): Promise<readonly Readonly<Record<string, number>>[]>
}
