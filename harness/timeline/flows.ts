import { FlowTable } from '../flow/table.ts'
import { PacketBatch } from '../model/batch.ts'
import type { FlowInfo } from '../model/capture.ts'
import { tunnelsOf } from '../model/reading.ts'
import { decodeBatch } from '../wire/decode.ts'

/** Flows of captures in memory, by table: cases share them, and they do not change. */
const RECORDED = new WeakMap<FlowTable, FlowInfo[]>()

/** The flows of a timeline: those of the capture and, numbered after them, those that injections opened. */
export class TimelineFlows {
  readonly #recorded: FlowTable
  /** The recorded table is shared between cases, so new flows are kept apart from it; a stream's own table takes them itself. */
  readonly #apart: boolean
  readonly #opened: FlowInfo[] = []

  constructor(recorded: FlowTable, apart: boolean) {
    this.#recorded = recorded
    this.#apart = apart
  }

  get count(): number {
    return this.#recorded.count + this.#opened.length
  }

  info(id: number): FlowInfo {
    const opened = this.#opened[id - this.#recorded.count]
    return opened ?? (this.#apart ? this.#ofRecorded(id) : this.#recorded.info(id))
  }

  #ofRecorded(id: number): FlowInfo {
    let known = RECORDED.get(this.#recorded)
    if (known === undefined) {
      known = []
      RECORDED.set(this.#recorded, known)
    }
    let info = known[id]
    if (info === undefined) {
      info = this.#recorded.info(id)
      known[id] = info
    }
    return info
  }

  /** Opens the flow that begins with this frame; returns its id. */
  open(frame: Uint8Array, link: number): number {
    const single = new PacketBatch(1, frame.length)
    single.bytes.set(frame)
    single.captured[0] = frame.length
    single.original[0] = frame.length
    single.link[0] = link
    single.count = 1
    single.tunnels = tunnelsOf(this.#recorded.reading)
    decodeBatch(single)
    const table = this.#apart ? new FlowTable(this.#recorded.reading) : this.#recorded
    table.assign(single)
    const id = single.flow[0] ?? -1
    if (!this.#apart) return id
    return this.#recorded.count + this.#opened.push({ ...table.info(id), id: this.count }) - 1
  }
}
