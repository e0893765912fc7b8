import type { Emitted, HostPart, PacketBatch } from '../../model/batch.ts'
import { Host, Knowledge, Role, Verdict } from '../../model/codes.ts'
import type { WireFrame } from '../../model/target.ts'
import { isForwardedAfterAll, type ObservationBatch, type Outage, type Sighting } from '../../model/target.ts'
import { directionOf, restoreEmitted } from './emitted.ts'
import type { FoldedCase } from './folded-case.ts'
import { casesByPlace, type Merged } from './merge.ts'

/** The observations of a fold's packets, stored by their place, from which each case gets its own. */
export class FoldObservations {
  readonly #cases: readonly FoldedCase[]
  readonly #store: PacketBatch
  readonly #order: Int32Array
  readonly #caseOf: Uint16Array
  readonly #by: Uint8Array
  readonly #knowledge: Uint8Array
  /** By case. In `#emitted`, causes are places in the store. */
  readonly #emitted: Emitted[][]
  readonly #parts: HostPart[][]
  /** By case, with the case's own steps. */
  readonly #sightings: Sighting[][]
  readonly #outages: Outage[] = []
  #emissions: Pick<ObservationBatch, 'emissions'> = {}

  constructor(cases: readonly FoldedCase[], store: PacketBatch, { order }: Merged) {
    this.#cases = cases
    this.#store = store
    this.#order = order
    this.#caseOf = casesByPlace(cases, store.count)
    this.#by = new Uint8Array(store.count).fill(Host.unknown)
    this.#knowledge = new Uint8Array(store.count).fill(Knowledge.self)
    this.#emitted = cases.map(({ emitted }) => [...emitted])
    this.#parts = cases.map(() => [])
    this.#sightings = cases.map(() => [])
  }

  /** Takes a batch; its packets are recognised by their step. */
  take({ packets, by, knowledge, emissions, sightings = [], outages = [] }: ObservationBatch): void {
    for (const sighting of sightings) if (isForwardedAfterAll(sighting)) this.#amend(sighting.step)
    if (emissions !== undefined) this.#emissions = { emissions }
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
    for (const each of sightings) this.#takeSighting(each)
    this.#outages.push(...outages)
  }

  #amend(step: number): void {
    const place = this.#order[step] ?? -1
    if (place < 0) return
    this.#store.verdict[place] = Verdict.forward
    this.#store.reason[place] = 0
  }

  /** A sighting of a packet belongs to its case, one of a flow to the case of that flow, and one of neither to all cases. */
  #takeSighting(sighting: Sighting): void {
    const place = this.#order[sighting.step] ?? -1
    const { flow = -1 } = sighting
    if (place >= 0) {
      const step = this.#store.step[place] ?? -1
      if (this.#store.role[place] !== Role.control)
        this.#sightings[this.#caseOf[place] ?? 0]?.push({ ...sighting, step })
    } else
      for (const [index, { firstFlow, offset }] of this.#cases.entries())
        if (flow < 0 || this.#caseOfFlow(flow) === index)
          this.#sightings[index]?.push({
            ...sighting,
            after: sighting.after - offset,
            ...(flow < 0 ? {} : { flow: flow - firstFlow }),
          })
  }

  #placeOf({ step }: PacketBatch, index: number): number {
    return this.#order[step[index] ?? -1] ?? -1
  }

  #takeEmitted(packets: PacketBatch, emitted: Emitted): void {
    const { cause } = emitted
    const place = cause < 0 ? -1 : this.#placeOf(packets, cause)
    const index = cause < 0 ? this.#caseOfFlow(emitted.flow ?? -1) : (this.#caseOf[place] ?? -1)
    const folded = this.#cases[index]
    const store = this.#store
    if (folded === undefined || (place >= 0 && store.role[place] === Role.control)) return
    const flow = place < 0 ? (emitted.flow ?? 0) - folded.firstFlow : (store.flow[place] ?? -1)
    const way = directionOf(emitted, store.direction[place] ?? 0)
    const own = restoreEmitted(emitted, folded.addresses, store.tunnels, flow, way)
    this.#emitted[index]?.push({ ...own, cause: place, flow, at: emitted.at - folded.offset })
  }

  /** The frames on the wires that belong to a case or to none, with the addresses that the case knows. */
  framesOf(index: number, frames: readonly WireFrame[]): readonly WireFrame[] {
    const folded = this.#cases[index]
    if (folded === undefined) return []
    return frames.flatMap((frame) => {
      const place = this.#order[frame.step] ?? -1
      const { flow = -1 } = frame
      const other = place >= 0 ? this.#caseOf[place] !== index : flow >= 0 && this.#caseOfFlow(flow) !== index
      if (other) return []
      const step = place < 0 ? -1 : (this.#store.step[place] ?? -1)
      return [{ ...frame, step, at: frame.at - folded.offset }]
    })
  }

  #caseOfFlow(flow: number): number {
    return this.#cases.findIndex(
      ({ firstFlow, flows }) => flow >= firstFlow && flow < firstFlow + flows.count,
    )
  }

  /** Passes the observations of a case to its recorder, chunk by chunk as they were offered. */
  record(index: number, tally: (observed: ObservationBatch, from: number, to: number) => void): void {
    const folded = this.#cases[index]
    if (folded === undefined) return
    const store = this.#store
    const observed = { packets: store, by: this.#by, knowledge: this.#knowledge, ...this.#emissions }
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
    const outages = this.#outages.map((outage) => ({ ...outage, at: outage.at - folded.offset }))
    folded.recorder.note(this.#sightings[index], outages)
  }
}
