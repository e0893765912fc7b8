import type { Nanos } from './batch.ts'
import type { Damage } from './capture.ts'
import type { Impact } from './case.ts'
import type { VerdictName } from './codes.ts'

/** The end that something was sent to. */
export type EndName = 'client' | 'server'

/** One value (or combination of values) that a capture was replayed under. */
export interface ComparedColumn {
  /** The value of each axis, in the order of the axes. */
  readonly values: readonly string[]
  /** Absent if the value could not be played. */
  readonly played?: PlayedColumn
  /** Why it could not be played, in one sentence. */
  readonly refused?: string
}

/** The results for all packets under one value. */
export interface PlayedColumn {
  readonly packets: number
  readonly totals: Readonly<Record<VerdictName, number>>
  /** How many packets each of `fw-a`, `lb`, `path`, … decided. */
  readonly decidedBy: Readonly<Record<string, number>>
  /** How many TCP resets hosts and load balancer sent to each end. */
  readonly resets: Readonly<Record<EndName, number>>
  /** The same for ICMP errors. */
  readonly icmp: Readonly<Record<EndName, number>>
  /** The first row that differs from the first column that was played; undefined: none does, or this is that column. */
  readonly firstDifference?: RowPlace | undefined
  /** With reactive endpoints: what the user of the connection felt. */
  readonly impact?: Impact | undefined
  /** Flows for which bounded tables had no room, by what happened to them; only numbers above 0. */
  readonly crowding: Readonly<Record<string, number>>
}

/** The place of a row. */
export interface RowPlace {
  /** Index among the rows, from 0. */
  readonly row: number
  /** Number in the capture; 0: a packet that was not recorded, or no packet (a reset at expiry). */
  readonly packet: number
  /** Since the first packet. */
  readonly time: Nanos
}

/** A reset or ICMP error that a host or the load balancer sent about a packet, or on its own. */
export interface Told {
  readonly kind: 'tcp-rst' | 'icmp'
  readonly to: EndName
  /** `fw-a`, `lb`, … */
  readonly by: string
}

/** The result of one row under one value. */
export interface ComparedCell {
  /** A `Verdict` code; undefined: there is no packet, only something that was sent on its own. */
  readonly verdict: number | undefined
  /** Who gave the verdict. */
  readonly by: string
  /** A `Reason` code. */
  readonly reason: number
  readonly told: readonly Told[]
}

/** A packet that was offered at one time under at least one value, or something that was sent then without a packet as its cause. */
export interface ComparedRow {
  /** Number in the capture; 0: not recorded; -1: no packet (a reset at expiry). */
  readonly packet: number
  /** Since the first packet. */
  readonly time: Nanos
  /** -1: none. */
  readonly flow: number
  /** A `Direction` code. */
  readonly direction: number
  readonly phase: string
  /** A `Kind` code, flags as model/carried.ts has them, payload bytes, and the TCP sequence number as sent. */
  readonly kind: number
  readonly flags: number
  readonly payload: number
  readonly seq: number
  /** One for each column that was played; undefined: nothing was offered (or sent) there at that time. */
  readonly cells: readonly (ComparedCell | undefined)[]
}

/** One capture under several values of one axis or two. */
export interface Comparison {
  readonly capture: string
  /** The injections as they were written: `host-swap@12`. */
  readonly injections: readonly string[]
  /** One or two axes, such as `policy`. */
  readonly axes: readonly string[]
  readonly columns: readonly ComparedColumn[]
  /** Where and why the capture stopped being readable. */
  readonly damage?: Damage | undefined
  /** Rows in the order of offering; made again at each call, because there may be millions. */
  readonly rows: () => Iterable<ComparedRow>
}

/** Whether two cells of a row have the same verdict, the same host that gave it and the same resets and ICMP errors; reasons may differ. */
export function sameCell(a: ComparedCell | undefined, b: ComparedCell | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  if (a.verdict !== b.verdict || a.by !== b.by || a.told.length !== b.told.length) return false
  return a.told.every(({ kind, to, by }, index) => {
    const other = b.told[index]
    return other !== undefined && other.kind === kind && other.to === to && other.by === by
  })
}
