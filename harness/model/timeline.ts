import type { Nanos, PacketBatch } from './batch.ts'

/** Whose time-out or table: the load balancer's, or that of all hosts. */
export type Owner = 'lb' | 'hosts'

/** An event at hosts or paths between packets. */
export type HostEvent =
  /** The host takes no more flows; the flows that it serves go elsewhere (sharing may copy its table first). Its table stays. */
  | { readonly kind: 'drain'; readonly host: number; readonly flow: number; readonly outage?: true }
  /** The host and its table are gone. */
  | { readonly kind: 'crash'; readonly host: number; readonly flow: number; readonly outage?: true }
  /** The host fails its health checks, although it still forwards with the table that it has. */
  | { readonly kind: 'unhealthy'; readonly host: number; readonly flow: number; readonly outage?: true }
  /** The host is in service again, with the table that it still has; -1: the one that left last. */
  | { readonly kind: 'restore'; readonly host: number; readonly outage?: true }
  /** The flows of every host that is being deregistered move now, not when its delay ends. */
  | { readonly kind: 'flush' }
  /** Packets of a flow (-1: of all) in a direction (2: both) go through this host or `Host.bypass`, whatever the load balancer's entry says. */
  | { readonly kind: 'steer'; readonly flow: number; readonly direction: 0 | 1 | 2; readonly host: number }
  /** Undoes every steer, restores every host, and sends flows back to where they were at first. */
  | { readonly kind: 'return' }
  /**
   * Steps of AWS's replication of a host that was deregistered (-1: the one that left last): the flows that it still served have had
   * time to end; the rest of its table is exported; the others have it.
   */
  | { readonly kind: 'end-drain' | 'export' | 'replicate'; readonly host: number }
  /** From here on no session of the flow (-1: of any) reaches another host. */
  | { readonly kind: 'lose-replicas'; readonly flow: number }
  /** The TCP idle time-out of the load balancer, or of all hosts, becomes this many seconds. */
  | { readonly kind: 'set-timeout'; readonly scope: Owner; readonly tcpIdle: number }
  /** Other flows fill the table of the load balancer, or of all hosts, for good or for a while. */
  | { readonly kind: 'fill-table'; readonly scope: Owner; readonly lasts?: Nanos }
  /** The state of the session store changes. */
  | { readonly kind: 'store'; readonly state: StoreState }
/** The store works, cannot be reached, answers too late, has no room left, or refuses the password. */
export type StoreState = 'up' | 'down' | 'slow' | 'full' | 'unauthorised'
export type HostEventKind = HostEvent['kind']

/**
 * In `drain`, `crash` and `unhealthy`, `host` -1 means the host that serves `flow`; path/ replaces it by the index. With `outage`
 * packets go on at once, before health checks have noticed and delays have ended; without it, after that.
 */
export interface TimedEvent {
  /** Index into the chunk's batch of the packet before which it happens; `count`: after all. */
  readonly before: number
  readonly at: Nanos
  readonly event: HostEvent
}

/** Packets in the order of offering, and the few events between them. Valid until the next chunk is pulled. */
export interface TimelineChunk {
  readonly packets: PacketBatch
  readonly events: readonly TimedEvent[]
}

/**
 * The compiled case: every step with its time, flow, direction and (after path/) host. Chunks are lazy: a chunk may depend
 * on the observations of the one before it (guards, reactive endpoints), so a session yields the observations of a chunk
 * before it pulls the next.
 */
export interface Timeline {
  /** Nanoseconds since 1970 at which `Nanos` is 0; if the capture is read while it plays, known with the first chunk. */
  readonly epoch: bigint
  /** The names of phases in order; the list grows while chunks are made. The first is `before`. */
  readonly phases: readonly string[]
  readonly chunks: AsyncIterable<TimelineChunk>
}
