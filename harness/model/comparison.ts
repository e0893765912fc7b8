import type { Nanos } from './batch.ts'
import type { Damage } from './capture.ts'
import type { Impact } from './case.ts'
import type { VerdictName } from './codes.ts'

/** Words for the ends that something was sent to. */
export type EndName = 'client' | 'server'

/** One value (or combination of values) that a capture was replayed under. */
export interface ComparedColumn {
  /** The value by axis, in the order of the axes. */
  readonly values: readonly string[]
  /** Absent where the value could not be played. */
  readonly played?: PlayedColumn
  /** Why it could not, one sentence. */
  readonly refused?: string
}

/** What came of all packets under one value. */
export interface PlayedColumn {
  readonly packets: number
  readonly totals: Readonly<Record<VerdictName, number>>
  /** Packets by whoever gave the verdict: `fw-a`, `lb`, `path`, … */
  readonly decidedBy: Readonly<Record<string, number>>
  /** TCP resets that hosts and load balancer sent, by the end that they were sent to. */
  readonly resets: Readonly<Record<EndName, number>>
  /** The same of ICMP errors. */
  readonly icmp: Readonly<Record<EndName, number>>
  /** The first row in which it is not as the first column that was played; undefined: none, or it is that column. */
  readonly firstDifference?: RowPlace | undefined
  /** With reactive endpoints: what the user of the connection felt. */
  readonly impact?: Impact | undefined
  /** Flows for which bounded tables had no room, by what became of them; those above 0 only. */
  readonly crowding: Readonly<Record<string, number>>
}

/** Where a row is. */
export interface RowPlace {
  /** Index among the rows, from 0. */
  readonly row: number
  /** Capture packet number, 0: one that was not recorded, or no packet at all (a reset at expiry). */
  readonly packet: number
  /** Since the first packet. */
  readonly time: Nanos
}

/** Something that a host or the load balancer sent about a packet, or on its own. */
export interface Told {
  readonly kind: 'tcp-rst' | 'icmp'
  readonly to: EndName
  /** `fw-a`, `lb`, … */
  readonly by: string
}

/** What came of one row under one value. */
export interface ComparedCell {
  /** A `Verdict` code; undefined: no packet, only what was sent with none as its cause. */
  readonly verdict: number | undefined
  /** Who gave the verdict. */
  readonly by: string
  /** A `Reason` code. */
  readonly reason: number
  readonly told: readonly Told[]
}

/** A packet that was offered at one time under one value or more, or what was sent then with no packet as its cause. */
export interface ComparedRow {
  /** Capture packet number, 0: not recorded; -1: no packet (a reset at expiry). */
  readonly packet: number
  /** Since the first packet. */
  readonly time: Nanos
  /** -1: of none. */
  readonly flow: number
  /** A `Direction` code. */
  readonly direction: number
  readonly phase: string
  /** A `Kind` code, TCP flags, payload bytes, and the TCP sequence number as sent. */
  readonly kind: number
  readonly flags: number
  readonly payload: number
  readonly seq: number
  /** By column that was played; undefined: not offered (or sent) there at that time. */
  readonly cells: readonly (ComparedCell | undefined)[]
}

/** One capture under several values of an axis, or of two. */
export interface Comparison {
  readonly capture: string
  /** What broke, as it was asked for: `host-swap@12`. */
  readonly injections: readonly string[]
  /** `policy`, or two of them. */
  readonly axes: readonly string[]
  readonly columns: readonly ComparedColumn[]
  /** Where the capture stopped being readable. */
  readonly damage?: Damage | undefined
  /** Rows in the order of offering; made anew at each call, since there may be millions. */
  readonly rows: () => Iterable<ComparedRow>
}

/** Whether two cells of a row say the same, as far as a user would notice: verdict, who gave it, who was told. Reasons may differ. */
export function sameCell(a: ComparedCell | undefined, b: ComparedCell | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  if (a.verdict !== b.verdict || a.by !== b.by || a.told.length !== b.told.length) return false
  return a.told.every(({ kind, to, by }, index) => {
    const other = b.told[index]
    return other !== undefined && other.kind === kind && other.to === to && other.by === by
  })
}
