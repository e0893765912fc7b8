import { Tcp } from '../../model/codes.ts'
import type { HostEvent } from '../../model/timeline.ts'
import type { Family, Segment } from './frames.ts'

/** A segment, and how the load balancer would send it. */
export interface Offered extends Segment {
  readonly flow: number
  /** The index of a host, or a `Host` code for a packet that the load balancer did not pass on. */
  readonly host: number
  readonly family: Family
  /** The packet is in a tunnel: GRE over IPv4. */
  readonly tunnel?: true
  /** If the load balancer has decided: what it filled in. */
  readonly decided?: { readonly verdict: number; readonly reason: number }
  /** Seconds since the packet before; absent: one millisecond. */
  readonly gap?: number
}

/** A chunk of a timeline, its events before its packets. */
export interface Part {
  readonly events?: readonly HostEvent[]
  readonly packets: readonly Offered[]
}

export type Place = Partial<Omit<Offered, keyof Segment>>

const { syn, ack, psh } = Tcp

/** A connection is opened. */
export const OPENING: readonly Segment[] = [
  { direction: 0, flags: syn, seq: 0, ack: 0, length: 0 },
  { direction: 1, flags: syn | ack, seq: 0, ack: 1, length: 0 },
  { direction: 0, flags: ack, seq: 1, ack: 1, length: 0 },
]
/** The client sends ten bytes, the server answers with twenty. */
export const EXCHANGE: readonly Segment[] = [
  { direction: 0, flags: psh | ack, seq: 1, ack: 1, length: 10 },
  { direction: 1, flags: psh | ack, seq: 1, ack: 11, length: 20 },
]
/** The client acknowledges the answer: the next packet after both, and a packet of no connection if they were not seen. */
export const ACKNOWLEDGEMENT: Segment = { direction: 0, flags: ack, seq: 11, ack: 21, length: 0 }

/** Segments of one flow that are all sent one way. */
export function offer(segments: readonly Segment[], place: Place = {}): readonly Offered[] {
  return segments.map((segment) => ({ flow: 0, host: 0, family: 'ipv4', ...place, ...segment }))
}

/** A connection up to its close: opening, request and answer. */
export function connection(place: Place = {}): readonly Offered[] {
  return offer([...OPENING, ...EXCHANGE], place)
}

/** An ACK of no connection that the host has seen. */
export function stray(place: Place = {}): Offered {
  return { flow: 0, host: 0, family: 'ipv4', ...place, ...ACKNOWLEDGEMENT }
}
