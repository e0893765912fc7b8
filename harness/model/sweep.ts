import type { Nanos } from './batch.ts'
import type { FlowInfo } from './capture.ts'
import type { Impact } from './case.ts'
import type { EndName } from './comparison.ts'

/** A packet of the swept flow: a row of the map. */
export interface SweptPacket {
  /** Its number in the capture, from 1. */
  readonly number: number
  /** Since the first packet of the capture, as recorded. */
  readonly time: Nanos
  /** A `Direction` code. */
  readonly direction: number
  /** A `Kind` code, flags as model/carried.ts has them, and payload bytes. */
  readonly kind: number
  readonly flags: number
  readonly payload: number
}

/** A reset or ICMP error that a host or the load balancer sent to an end of the flow. */
export interface SweptReset {
  /** Index of the packet that it was sent about; -1: none (a reset at expiry). */
  readonly packet: number
  readonly kind: 'tcp-rst' | 'icmp'
  readonly to: EndName
  readonly by: string
}

/** The result of the flow when it was broken at one place, or not at all. */
export interface Played {
  /** A letter per packet of the flow, of `VERDICT_LETTERS`; `-`: not offered. */
  readonly verdicts: string
  /** A letter per packet, who gave the verdict: `a` is the first name of `SweepMap.deciders`, and so on; `-`: not offered. */
  readonly by: string
  readonly told: readonly SweptReset[]
  /** Emissions cannot be seen, although a verdict may imply one; absent: all of them are in `told`. */
  readonly emissions?: 'unseen'
  /** Reactive endpoints only: what the user of the connection felt. */
  readonly impact?: Impact
}

/** Why there is no result for a place, in one sentence. */
export interface Unplayed {
  /** `skipped`: the target lacks something; `impossible`: the break is impossible there; `doubt`: a drop would prove nothing; `error`: the target broke. */
  readonly why: 'skipped' | 'impossible' | 'doubt' | 'error'
  readonly detail: string
}

export type SweepCell = Played | Unplayed

/** One combination of values that the flow is played under. */
export interface SweepColumn {
  readonly target: string
  /** The value of each axis, in the order of the axes. */
  readonly values: readonly string[]
  /** The unbroken flow, with which losses are found; or why none of the column's cells was played. */
  readonly unbroken: SweepCell
  /** Options of `flowbreak replay` that play this column. */
  readonly options: readonly string[]
}

/** One flow, broken at every packet. */
export interface SweepMap {
  readonly capture: string
  readonly flow: FlowInfo
  readonly endpoints: 'recorded' | 'reactive'
  readonly axes: readonly string[]
  readonly columns: readonly SweepColumn[]
  /** Injections without a place, `host-swap:crash`; several at one place are joined by `+`. */
  readonly breaks: readonly string[]
  readonly packets: readonly SweptPacket[]
  /** The names of all who gave verdicts. */
  readonly deciders: readonly string[]
  /** Indexed by break, column and packet: the flow broken just before that packet. */
  readonly cells: readonly (readonly (readonly SweepCell[])[])[]
}

/** Whether a place was played. */
export function isPlayed(cell: SweepCell | undefined): cell is Played {
  return cell !== undefined && 'verdicts' in cell
}
