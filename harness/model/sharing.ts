import type { Nanos, PacketBatch } from './batch.ts'
import type { HostEvent } from './timeline.ts'

/** Length of one session as bytes: the record of harness/engine/record.ts, words in little-endian order. */
export const SESSION_BYTES = 64

/** The live sessions of a host at one moment; only who made it can look into it. */
export type TableSnapshot = object

/** How far a session has come, where sharing chooses by it: `none` is a TCP flow without a session. */
export const Stage = { none: 0, halfOpen: 1, open: 2, closing: 3 } as const

/** Where the stage stands in a record that `read` gave: the upper half of its byte 55, which tables keep clear. */
const STAGE_BYTE = 55
const STAGE_SHIFT = 4
/** The word of the record which that byte is in, and its bits there. */
export const STAGE_WORD = STAGE_BYTE >> 2
export const STAGE_BITS = (15 << STAGE_SHIFT) << ((STAGE_BYTE & 3) * 8)

/** The `Stage` of a session that `read` gave. */
export function stageOf(session: Uint8Array): number {
  return (session[STAGE_BYTE] ?? 0) >> STAGE_SHIFT
}

/** Notes the `Stage` in a record that leaves a table. */
export function noteStage(session: Uint8Array, stage: number): void {
  session[STAGE_BYTE] = ((session[STAGE_BYTE] ?? 0) & 15) | (stage << STAGE_SHIFT)
}

/** How a session that came from another host is taken; absent parts: whole, and instead of what is held already. */
export interface Taking {
  /** What it says about sequence numbers: all, only by how much windows are shifted, or nothing; what is missing is learnt from the next packet of each side. */
  readonly windows?: 'full' | 'scales' | 'none'
  /**
   * What becomes of what the host holds of the same connection: it is kept where it is further on, number by number (`merge`); its
   * numbers are kept, and all else is as it came (`update`); or it makes way (`replace`). Absent: it makes way unless it was seen later.
   */
  readonly held?: 'merge' | 'update' | 'replace'
  /** How long a session is given whose time is up when it is taken; absent: it is not taken. Linux only. */
  readonly least?: Nanos
}

/** What a sharing model may do with the session tables of the hosts. Flows are flow/'s ids, hosts are indices. */
export interface SessionTables {
  /** How many hosts there are. */
  readonly hosts: number
  /** The hosts that have not left; of one that is leaving it is told after it was taken out. */
  inService(): readonly number[]
  /** Whether a host holds a live session of a flow. */
  has(host: number, flow: number, at: Nanos): boolean
  /** What events tell of the session of a flow at a host: another number whenever that changes, 0 where there is none. */
  phase(host: number, flow: number, at: Nanos): number
  /** The flows of which a host holds a live session. */
  flows(host: number, at: Nanos): readonly number[]
  /** The live session of a flow at a host, `SESSION_BYTES` long and the caller's own, in `room` if given; undefined: it has none to share. */
  read(host: number, flow: number, at: Nanos, room?: Uint8Array): Uint8Array | undefined
  /**
   * Gives a host a session that `read` gave, unless it holds one that was seen later or has no room; whether it took it.
   * `liberal`: the numbers of each side's first packet are believed (the profile's knob importLiberal where it is not said); where
   * the session comes without windows, they are never checked.
   */
  write(
    host: number,
    flow: number,
    session: Uint8Array,
    at: Nanos,
    liberal?: boolean,
    taking?: Taking,
  ): boolean
  /** What a host holds now, with all that is known of its sessions beside their records. */
  snapshot(host: number, at: Nanos): TableSnapshot
  /** Gives a host what is in a snapshot and not `lost`; it keeps what it has seen later itself. */
  restore(host: number, snapshot: TableSnapshot, at: Nanos, lost: (flow: number) => boolean): void
  /** Takes a session away from a host. */
  remove(host: number, flow: number, at: Nanos): void
  /** Connections that hosts expect, since others have announced them; absent: these hosts look for none. */
  readonly expected?: ExpectedConnections
  /** ICMP queries, which are in no record; absent: these hosts have none apart from their flows. */
  readonly queries?: SharedQueries
}

/** A connection that another one has announced, as FTP's control connections do: who will open it to where, and until when. */
export interface Expectation {
  readonly key: string
  readonly until: Nanos
}

/** What a sharing model may do with expectations. */
export interface ExpectedConnections {
  /** What the packet that a host decided last has announced, once. */
  takeFresh(host: number): Expectation | undefined
  add(host: number, expectation: Expectation): void
}

/** An ICMP query of a flow, told apart by its key: whether it was answered, and until when it lives. */
export interface Query {
  readonly key: number
  readonly until: Nanos
  readonly answered: boolean
}

/** What a sharing model may do with ICMP queries. */
export interface SharedQueries {
  /** The query that the packet which a host decided last has begun, or was the first to answer; once. */
  takeFresh(host: number): Query | undefined
  /** Gives a host a query, as it is told. */
  add(host: number, query: Query, at: Nanos): void
}

/** What `arrive` answers when the packet can only be decided once `pending` has settled. */
export const WAITING = -1
/** What `arrive` answers when the model has decided at the host that the packet came to, and has filled verdict and reason. */
export const DECIDED = -2

/** How session state reaches another host, on the packets' own times. One for an engine; harness/sharing makes them. */
export interface SharingModel {
  /** False: only host events concern it, and packets cost nothing. */
  readonly watchesPackets: boolean
  /** Something outside that must settle before the next call; undefined nearly always. Never rejects. */
  readonly pending: Promise<void> | undefined
  /**
   * Packet `index` has come to `host`; it is asked in order, about every packet of a flow that reaches a host. Answers the host that decides
   * about it, which may hold its session from now on; `WAITING`: nothing was done yet, ask again; `DECIDED`; or a `Host` code that is no index:
   * the model has decided, and has filled verdict and reason. Parts that hosts played go into the batch's `parts`.
   */
  arrive(packets: PacketBatch, index: number, host: number): number
  /** The host that puts together the datagram of a fragment that came to `host`, where that is not the one which decides about it. */
  assembler?(packets: PacketBatch, index: number, host: number): number
  /** The packet was decided by `host`: what its session is now may be told to others. A drop may be made a reject. */
  decided(packets: PacketBatch, index: number, host: number): void
  /** A host event; the table of a host that crashes is emptied after this. */
  apply(event: HostEvent, at: Nanos): void
  /** Forgets everything that is not configuration. */
  reset(): void
}

/** Makes the model of one engine over its tables. */
export type MakeSharing = (tables: SessionTables) => SharingModel
