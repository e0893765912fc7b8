import type { FlowInfo } from '../model/capture.ts'
import { FlowbreakError } from '../support/errors.ts'
import type { HashTable } from '../support/hash-table.ts'
import { FlowColumns } from './columns.ts'
import { describeFlow, whyNoFlow } from './describe.ts'
import type { KeyTables } from './key-tables.ts'

/**
 * The flows that are known at one time. Their ids grow from 0; the place of a flow is the low bits of its id, so that a new flow
 * may take the place of one that has long been idle: places are visited in turn, and a flow that has had a packet since
 * the last turn keeps its place until the next turn, while the id of the new flow at that place is skipped.
 */
export class FlowPlaces {
  readonly columns = new FlowColumns()
  /** Number of places minus one; that number is a power of two. */
  readonly mask: number
  readonly #keys: KeyTables
  #next = 0
  #forgotten = 0

  /** `keys`: holds the keys of the flows; `most`: flows known at one time, a power of two. */
  constructor(keys: KeyTables, most: number) {
    this.#keys = keys
    this.mask = most - 1
  }

  /** The id of the next flow, if none is skipped. */
  get next(): number {
    return this.#next
  }

  /** The number of flows that were forgotten. */
  get forgotten(): number {
    return this.#forgotten
  }

  /** Whether a flow of that id is known. */
  has(id: number): boolean {
    const place = id & this.mask
    return Number.isInteger(id) && id >= 0 && place < this.columns.used && this.columns.flow[place] === id
  }

  /** The data of a flow. Throws ERR_FLOW if there is no such flow, or it was forgotten. */
  info(id: number): FlowInfo {
    if (!this.has(id))
      throw new FlowbreakError('ERR_FLOW', whyNoFlow(id, this.#next, this.#forgotten, this.mask + 1))
    const place = id & this.mask
    return describeFlow(place, this.columns, this.#tableOf(place))
  }

  /** All known flows, in the order of their ids. */
  *known(): Generator<FlowInfo> {
    const oldest = Math.max(0, this.#next - this.mask - 1)
    for (let id = oldest; id < this.#next; id++) if (this.has(id)) yield this.info(id)
  }

  /** The next id whose place is free or is freed now: the flow there is forgotten, with its key. */
  take(): number {
    const { columns } = this
    for (;;) {
      const id = this.#next++
      const place = id & this.mask
      if (place >= columns.used) return id
      if (columns.seen[place] === 0) {
        this.#tableOf(place).remove(columns.local[place] ?? 0)
        this.#forgotten++
        return id
      }
      columns.seen[place] = 0
    }
  }

  /** Forgets every flow and keeps the memory; clearing the keys is left to their owner. */
  clear(): void {
    this.columns.clear()
    this.#next = 0
    this.#forgotten = 0
  }

  /** The table with the key of the flow at a place. */
  #tableOf(place: number): HashTable {
    return this.#keys.of(this.columns.isIpv6(place), this.columns.isStacked(place))
  }
}
