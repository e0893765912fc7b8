import type { TcpCursor } from '../../flow/cursor.ts'
import type { Nanos, PacketBatch } from '../../model/batch.ts'
import type { Sharing } from '../../model/setup.ts'
import type { HostEvent } from '../../model/timeline.ts'
import type { Item } from '../items.ts'

/** A host event, and how long after an injection's place it comes. */
export interface Happening {
  readonly after: Nanos
  readonly event: HostEvent
}

/** What an injection may see and do at its place: just before one packet is offered. */
export interface InjectionContext {
  /** The flow that it is about. */
  readonly flow: number
  readonly hosts: readonly string[]
  readonly sharing: Sharing
  /** When the packet would be offered as things stand, earlier shifts included. */
  readonly now: Nanos
  /** When the packet before it in its flow was offered; undefined: it is the first. */
  readonly previous: Nanos | undefined
  /** The numbers that the flow has reached. */
  readonly cursor: TcpCursor
  /** Puts the packet and all later ones (of its flow, or all) off by that much. */
  shift(scope: 'flow' | 'topology', by: Nanos): void
  /** Puts an item on the timeline: at the packet's place, or at a time of its own. */
  put(item: Item, at?: Nanos): void
  /** All recorded packets of the flow, with the batch's columns up to flow/. */
  recordedFlow(): PacketBatch
  /** An id for a flow that was not recorded, by its first frame. */
  newFlow(frame: Uint8Array, link: number): number
  /** A number drawn from the run's seed, 0 … 2^32-1. */
  random(): number
}
