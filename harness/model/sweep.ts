import type { Nanos } from './batch.ts'
import type { FlowInfo } from './capture.ts'
import type { Impact } from './case.ts'
import type { EndName } from './comparison.ts'

/** A packet of the flow that is swept: a row of the map. */
export interface SweptPacket {
  /** In the capture, from 1. */
  readonly number: number
  /** Since the first packet of the capture, as recorded. */
  readonly time: Nanos
  /** A `Direction` code. */
  readonly direction: number
  /** A `Kind` code, TCP flags, and payload bytes. */
  readonly kind: number
  readonly flags: number
  readonly payload: number
}

/** Something that a host or the load balancer sent to an end of the flow. */
export interface SweptReset {
  /** Index of the packet that it was sent about, -1: of none (a reset at expiry). */
  readonly packet: number
  readonly kind: 'tcp-rst' | 'icmp'
  readonly to: EndName
  readonly by: string
}

/** What came of the flow when it was broken at one place, or not at all. */
export interface Played {
  /** A letter a packet of the flow, `VERDICT_LETTERS`; `-`: it was not offered. */
  readonly verdicts: string
  /** A letter a packet: who gave it, `a` the first name of `SweepMap.deciders`, and so on; `-` where it was not offered. */
  readonly by: string
  readonly told: readonly SweptReset[]
  /** What was sent cannot be seen, though a verdict may tell of it; absent: all of it is in `told`. */
  readonly emissions?: 'unseen'
  /** Reactive endpoints only: what the user of the connection felt. */
  readonly impact?: Impact
}

/** Why there is nothing to be told of a place, one sentence. */
export interface Unplayed {
  /** `skipped`: the target lacks something; `impossible`: the break cannot be there; `doubt`: a drop would prove nothing; `error`: it broke. */
  readonly why: 'skipped' | 'impossible' | 'doubt' | 'error'
  readonly detail: string
}

export type SweepCell = Played | Unplayed

/** One combination of values that the flow is played under. */
export interface SweepColumn {
  readonly target: string
  /** Its value by axis, in the order of the axes. */
  readonly values: readonly string[]
  /** The flow unbroken, by which losses are told; or why none of its cells was played. */
  readonly unbroken: SweepCell
  /** Options of `flowbreak replay` that play it. */
  readonly options: readonly string[]
}

/** One flow, broken at every packet. */
export interface SweepMap {
  readonly capture: string
  readonly flow: FlowInfo
  readonly endpoints: 'recorded' | 'reactive'
  readonly axes: readonly string[]
  readonly columns: readonly SweepColumn[]
  /** As injections without a place, `host-swap:crash`; several at one place with `+` between them. */
  readonly breaks: readonly string[]
  readonly packets: readonly SweptPacket[]
  /** Names of who gives verdicts. */
  readonly deciders: readonly string[]
  /** By break, column and packet: the flow broken just before that packet. */
  readonly cells: readonly (readonly (readonly SweepCell[])[])[]
}

/** Whether a place was played. */
export function isPlayed(cell: SweepCell | undefined): cell is Played {
  return cell !== undefined && 'verdicts' in cell
}
