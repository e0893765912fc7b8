import type { Emitted, HostPart, PacketBatch } from '../../model/batch.ts'
import { Host, Knowledge, Role } from '../../model/codes.ts'
import type { ObservationBatch } from '../../model/target.ts'
import { dissectInner } from '../../wire/tunnel/enter.ts'
import { u32 } from '../../wire/bytes.ts'
import type { FoldedCase } from './folded-case.ts'
import { casesByPlace, type Merged } from './merge.ts'

/** What came of the packets of a fold, put beside them in the store, each where its case finds it. */
export class FoldObservations {
  readonly #cases: readonly FoldedCase[]
  readonly #store: PacketBatch
  readonly #order: Int32Array
  readonly #caseOf: Uint16Array
  readonly #by: Uint8Array
  readonly #knowledge: Uint8Array
  /** By case. Of the first, causes are places in the store. */
  readonly #emitted: Emitted[][]
  readonly #parts: HostPart[][]

  constructor(cases: readonly FoldedCase[], store: PacketBatch, { order }: Merged) {
    this.#cases = cases
    this.#store = store
    this.#order = order
    this.#caseOf = casesByPlace(cases, store.count)
    this.#by = new Uint8Array(store.count).fill(Host.unknown)
    this.#knowledge = new Uint8Array(store.count).fill(Knowledge.self)
    this.#emitted = cases.map(({ emitted }) => [...emitted])
    this.#parts = cases.map(() => [])
  }

  /** Takes note of a batch: packets are known again by their step. */
  take({ packets, by, knowledge }: ObservationBatch): void {
    const store = this.#store
    for (let i = 0; i < packets.count; i++) {
      const place = this.#placeOf(packets, i)
      if (place < 0) continue
      store.host[place] = packets.host[i] ?? Host.unknown
      store.verdict[place] = packets.verdict[i] ?? 0
      store.reason[place] = packets.reason[i] ?? 0
      this.#by[place] = by[i] ?? Host.unknown
      this.#knowledge[place] = knowledge[i] ?? Knowledge.self
    }
    for (const { cause, host, part } of packets.parts) {
      const place = this.#placeOf(packets, cause)
      if (place >= 0) this.#parts[this.#caseOf[place] ?? 0]?.push({ cause: place, host, part })
    }
    for (const each of packets.emitted) this.#takeEmitted(packets, each)
  }

  #placeOf({ step }: PacketBatch, index: number): number {
    return this.#order[step[index] ?? -1] ?? -1
  }

  #takeEmitted(packets: PacketBatch, emitted: Emitted): void {
    if (emitted.cause < 0) {
      const index = this.#cases.findIndex(
        ({ firstFlow, flows }) =>
          (emitted.flow ?? -1) >= firstFlow && (emitted.flow ?? -1) < firstFlow + flows.count,
      )
      const folded = this.#cases[index]
      if (folded === undefined) return
      const flow = (emitted.flow ?? 0) - folded.firstFlow
      this.#emitted[index]?.push(this.#restored(folded, emitted, -1, flow, emitted.to === 'client' ? 1 : 0))
      return
    }
    const place = this.#placeOf(packets, emitted.cause)
    const index = this.#caseOf[place] ?? 0
    const folded = this.#cases[index]
    if (place < 0 || folded === undefined || this.#store.role[place] === Role.control) return
    const direction = this.#store.direction[place] ?? 0
    const towards = emitted.to === 'sender' ? 1 - direction : direction
    this.#emitted[index]?.push(
      this.#restored(folded, emitted, place, this.#store.flow[place] ?? -1, towards),
    )
  }

  /** As the case would have seen it: addresses, ports and numbers of its capture, and its time. */
  #restored(
    { addresses, offset }: FoldedCase,
    emitted: Emitted,
    cause: number,
    flow: number,
    direction: number,
  ): Emitted {
    const { frame, link, kind } = emitted
    addresses.restore(frame, link, flow, direction)
    const { l4 } = kind === 'tcp-rst' ? dissectInner(frame, link, this.#store.tunnels) : { l4: -1 }
    const numbers = l4 < 0 ? {} : { seq: u32(frame, l4 + 4), ack: u32(frame, l4 + 8) }
    const { flow: _, ...rest } = emitted
    return { ...rest, ...numbers, cause, at: emitted.at - offset, ...(cause < 0 ? { flow } : {}) }
  }

  /** Lets the recorder of a case take down what came of its packets, chunk by chunk as it was offered. */
  record(index: number, tally: (observed: ObservationBatch, from: number, to: number) => void): void {
    const folded = this.#cases[index]
    if (folded === undefined) return
    const store = this.#store
    const observed = { packets: store, by: this.#by, knowledge: this.#knowledge }
    const caused = (this.#emitted[index] ?? []).filter(({ cause }) => cause >= 0)
    const alone = (this.#emitted[index] ?? []).filter(({ cause }) => cause < 0).sort((a, b) => a.at - b.at)
    let from = folded.from
    let next = 0
    for (const to of folded.cuts) {
      store.emitted.length = 0
      store.parts.length = 0
      const last = store.time.subarray(from, to).reduce((latest, at) => Math.max(latest, at), 0)
      for (; next < alone.length && (alone[next]?.at ?? 0) <= last; next++)
        store.emitted.push(alone[next] as Emitted)
      for (const each of caused) if (each.cause >= from && each.cause < to) store.emitted.push(each)
      for (const each of this.#parts[index] ?? [])
        if (each.cause >= from && each.cause < to) store.parts.push(each)
      tally(observed, from, to)
      folded.recorder.record(observed, from, to)
      from = to
    }
    store.emitted.length = 0
    store.parts.length = 0
  }
}
