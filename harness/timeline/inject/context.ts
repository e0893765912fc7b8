import type { TcpCursor } from '../../flow/cursor.ts'
import type { Nanos, PacketBatch } from '../../model/batch.ts'
import type { Sharing } from '../../model/setup.ts'
import type { HostEvent } from '../../model/timeline.ts'
import type { Item } from '../items.ts'

/** A host event, and how long after the place of its injection it comes. */
export interface Happening {
  readonly after: Nanos
  readonly event: HostEvent
}

/** What an injection may see and do at its place: just before one packet is offered. */
export interface InjectionContext {
  /** The flow that the injection is about. */
  readonly flow: number
  readonly hosts: readonly string[]
  readonly sharing: Sharing
  /** When the packet would be offered, with the shifts so far. */
  readonly now: Nanos
  /** When the previous packet of its flow was offered; undefined: it is the first. */
  readonly previous: Nanos | undefined
  /** The sequence numbers that the flow has reached. */
  readonly cursor: TcpCursor
  /** Delays the packet and all later ones (of its flow, or of all flows). */
  shift(scope: 'flow' | 'topology', by: Nanos): void
  /** Puts an item on the timeline, at the packet's place or at the time `at`. */
  put(item: Item, at?: Nanos): void
  /** All recorded packets of the flow, with the columns up to flow/. */
  recordedFlow(): PacketBatch
  /** Opens a flow that was not recorded, from its first frame; returns its id. */
  newFlow(frame: Uint8Array, link: number): number
  /** A random number from the run's seed, 0 … 2^32-1. */
  random(): number
}
