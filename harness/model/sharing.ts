import type { Nanos, PacketBatch } from './batch.ts'
import type { HostEvent } from './timeline.ts'

/** Length of one session in bytes: the record of harness/engine/record.ts, with little-endian words. */
export const SESSION_BYTES = 64

/** The live sessions of a host at one moment; opaque to everyone but its maker. */
export type TableSnapshot = object

/** How far a session has come, if sharing depends on it; `none` is a TCP flow without a session. */
export const Stage = { none: 0, halfOpen: 1, open: 2, closing: 3 } as const

/** Where a record from `read` holds the stage: the upper half of byte 55, which tables keep clear. */
const STAGE_BYTE = 55
const STAGE_SHIFT = 4
/** The word of the record that contains that byte, and its bits there. */
export const STAGE_WORD = STAGE_BYTE >> 2
export const STAGE_BITS = (15 << STAGE_SHIFT) << ((STAGE_BYTE & 3) * 8)

/** The `Stage` of a session from `read`. */
export function stageOf(session: Uint8Array): number {
  return (session[STAGE_BYTE] ?? 0) >> STAGE_SHIFT
}

/** Writes the `Stage` into a record that leaves a table. */
export function noteStage(session: Uint8Array, stage: number): void {
  session[STAGE_BYTE] = ((session[STAGE_BYTE] ?? 0) & 15) | (stage << STAGE_SHIFT)
}

/** How a session from another host is taken; by default whole, in place of the one that the host holds already. */
export interface Taking {
  /** What it says about sequence numbers: all, only the window scales, or nothing; the rest is learned from the next packet of each side. */
  readonly windows?: 'full' | 'scales' | 'none'
  /**
   * What happens to the host's own session of the same connection: each part that is more advanced is kept (`merge`); its numbers are kept,
   * and the rest is taken over (`update`); or it is replaced (`replace`). Absent: it is replaced unless it was seen later.
   */
  readonly held?: 'merge' | 'update' | 'replace'
  /** How long a session lives that had expired when it was taken; absent: it is not taken. Linux only. */
  readonly least?: Nanos
}

/** What a sharing model may do with the session tables of the hosts. Flows are flow/'s ids, hosts are indices. */
export interface SessionTables {
  /** The number of hosts. */
  readonly hosts: number
  /** The hosts that have not left; when an event says that a host leaves, it is no longer among them. */
  inService(): readonly number[]
  /** Whether a host holds a live session of a flow. */
  has(host: number, flow: number, at: Nanos): boolean
  /** A number that changes whenever the state of a flow's session at a host does; 0: there is no session. */
  phase(host: number, flow: number, at: Nanos): number
  /** The flows of which a host holds a live session. */
  flows(host: number, at: Nanos): readonly number[]
  /** A copy of the live session of a flow at a host, `SESSION_BYTES` long, in `room` if given; undefined: it has none to share. */
  read(host: number, flow: number, at: Nanos, room?: Uint8Array): Uint8Array | undefined
  /**
   * Gives a host a session from `read`, unless it holds one that was seen later or has no room; answers whether it took it.
   * `liberal`: the numbers of each side's first packet are believed (default: the profile's knob importLiberal); if the session
   * comes without windows, they are never checked.
   */
  write(
    host: number,
    flow: number,
    session: Uint8Array,
    at: Nanos,
    liberal?: boolean,
    taking?: Taking,
  ): boolean
  /** What a host holds now, with everything that is known about its sessions besides their records. */
  snapshot(host: number, at: Nanos): TableSnapshot
  /** Gives a host the sessions of a snapshot that are not `lost`; it keeps those that it has seen later itself. */
  restore(host: number, snapshot: TableSnapshot, at: Nanos, lost: (flow: number) => boolean): void
  /** Removes a session from a host. */
  remove(host: number, flow: number, at: Nanos): void
  /** Connections that hosts expect because others have announced them; absent: these hosts look for none. */
  readonly expected?: ExpectedConnections
  /** ICMP queries, which are in no record; absent: these hosts keep none besides their flows. */
  readonly queries?: SharedQueries
}

/** A connection that another one has announced, as FTP control connections do: who will open it to where, and until when. */
export interface Expectation {
  readonly key: string
  readonly until: Nanos
}

/** What a sharing model may do with expectations. */
export interface ExpectedConnections {
  /** What the last packet that a host decided has announced; returned once. */
  takeFresh(host: number): Expectation | undefined
  add(host: number, expectation: Expectation): void
}

/** An ICMP query of a flow, identified by its key: whether it was answered, and until when it lives. */
export interface Query {
  readonly key: number
  readonly until: Nanos
  readonly answered: boolean
}

/** What a sharing model may do with ICMP queries. */
export interface SharedQueries {
  /** The query that the last packet which a host decided has begun, or was the first to answer; returned once. */
  takeFresh(host: number): Query | undefined
  /** Gives a host a query from another host. */
  add(host: number, query: Query, at: Nanos): void
}

/** The answer of `arrive` if the packet can be decided only once `pending` has settled. */
export const WAITING = -1
/** The answer of `arrive` if the model has decided at the host that the packet came to, and has filled verdict and reason. */
export const DECIDED = -2

/** How session state reaches another host, on the clock of the packets. Each engine has one; harness/sharing makes them. */
export interface SharingModel {
  /** False: it needs only host events, and packets cost nothing. */
  readonly watchesPackets: boolean
  /** Something outside that must settle before the next call; undefined nearly always. Never rejects. */
  readonly pending: Promise<void> | undefined
  /**
   * Packet `index` has come to `host`; called in order, for every packet of a flow that reaches a host. Answers the host that decides
   * about it, which may hold its session from now on; `WAITING`: nothing was done yet, ask again; `DECIDED`; or a `Host` code that is not an
   * index: the model has decided, and has filled verdict and reason. What hosts did goes into the batch's `parts`.
   */
  arrive(packets: PacketBatch, index: number, host: number): number
  /** The host that reassembles the datagram of a fragment that came to `host`, if it is not the one that decides about it. */
  assembler?(packets: PacketBatch, index: number, host: number): number
  /** `host` has decided the packet: its session may now be sent to others. A drop may be turned into a reject. */
  decided(packets: PacketBatch, index: number, host: number): void
  /** A host event; the table of a host that crashes is emptied after this. */
  apply(event: HostEvent, at: Nanos): void
  /** Forgets everything except configuration. */
  reset(): void
}

/** Makes the sharing model of one engine over its tables. */
export type MakeSharing = (tables: SessionTables) => SharingModel
