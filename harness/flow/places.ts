import type { FlowInfo } from '../model/capture.ts'
import { FlowbreakError } from '../support/errors.ts'
import type { HashTable } from '../support/hash-table.ts'
import { FlowColumns } from './columns.ts'
import { describeFlow, whyNoFlow } from './describe.ts'
import type { KeyTables } from './key-tables.ts'

/**
 * The flows that are known at one time. Their ids grow from 0; the place of a flow is the low bits of its id, so that one that begins
 * may take the place of one that has had no packet for long: places are gone through in turn, and a flow that has had a packet since
 * the last turn is passed over, with its id, until the next.
 */
export class FlowPlaces {
  readonly columns = new FlowColumns()
  /** Places, less one: a power of two less one. */
  readonly mask: number
  readonly #keys: KeyTables
  #next = 0
  #forgotten = 0

  /** `keys`: where the keys of the flows are; `most`: flows known at one time, a power of two. */
  constructor(keys: KeyTables, most: number) {
    this.#keys = keys
    this.mask = most - 1
  }

  /** The id that the next flow gets, if none is passed over. */
  get next(): number {
    return this.#next
  }

  /** How many flows had to make way. */
  get forgotten(): number {
    return this.#forgotten
  }

  /** Whether a flow of that id is known. */
  has(id: number): boolean {
    const place = id & this.mask
    return Number.isInteger(id) && id >= 0 && place < this.columns.used && this.columns.flow[place] === id
  }

  /** What is known of a flow. Throws ERR_FLOW where there is no such flow, or none any more. */
  info(id: number): FlowInfo {
    if (!this.has(id))
      throw new FlowbreakError('ERR_FLOW', whyNoFlow(id, this.#next, this.#forgotten, this.mask + 1))
    const place = id & this.mask
    return describeFlow(place, this.columns, this.#tableOf(place))
  }

  /** All that are known, in the order of their ids. */
  *known(): Generator<FlowInfo> {
    const oldest = Math.max(0, this.#next - this.mask - 1)
    for (let id = oldest; id < this.#next; id++) if (this.has(id)) yield this.info(id)
  }

  /** The next id whose place is free, or becomes so: the flow there is forgotten, with its key. */
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

  /** Forgets every flow and keeps the memory; the keys are their owner's to forget. */
  clear(): void {
    this.columns.clear()
    this.#next = 0
    this.#forgotten = 0
  }

  /** The table of the key of the flow at a place. */
  #tableOf(place: number): HashTable {
    return this.#keys.of(this.columns.isIpv6(place), this.columns.isStacked(place))
  }
}
