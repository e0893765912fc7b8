import type { Nanos } from '../model/batch.ts'

const FIRST_CAPACITY = 64

/** The word `about` of a flow; orientation and opening are indices (see `orientation.ts`). */
export function about(six: boolean, orientation: number, opening: number, stacked: boolean): number {
  return (six ? 1 : 0) | (orientation << 1) | (opening << 3) | (stacked ? 32 : 0)
}

/** What is kept of each flow, as columns by flow id. Grows by doubling. */
export class FlowColumns {
  /** Id in the key table of its family. */
  local = new Int32Array(FIRST_CAPACITY)
  /** See `about`. */
  about = new Uint8Array(FIRST_CAPACITY)
  firstPacket = new Int32Array(FIRST_CAPACITY)
  firstTime = new Float64Array(FIRST_CAPACITY)
  #count = 0

  get count(): number {
    return this.#count
  }

  isIpv6(flow: number): boolean {
    return ((this.about[flow] ?? 0) & 1) === 1
  }

  orientation(flow: number): number {
    return ((this.about[flow] ?? 0) >> 1) & 3
  }

  opening(flow: number): number {
    return ((this.about[flow] ?? 0) >> 3) & 3
  }

  /** Whether its key is in the table of flows in tunnels or with three VLAN tags. */
  isStacked(flow: number): boolean {
    return ((this.about[flow] ?? 0) & 32) !== 0
  }

  add(local: number, about: number, firstPacket: number, firstTime: Nanos): void {
    if (this.#count === this.about.length) this.#grow()
    const id = this.#count++
    this.local[id] = local
    this.about[id] = about
    this.firstPacket[id] = firstPacket
    this.firstTime[id] = firstTime
  }

  clear(): void {
    this.#count = 0
  }

  #grow(): void {
    const capacity = this.about.length * 2
    const { local, about, firstPacket, firstTime } = this
    this.local = new Int32Array(capacity)
    this.about = new Uint8Array(capacity)
    this.firstPacket = new Int32Array(capacity)
    this.firstTime = new Float64Array(capacity)
    this.local.set(local)
    this.about.set(about)
    this.firstPacket.set(firstPacket)
    this.firstTime.set(firstTime)
  }
}
