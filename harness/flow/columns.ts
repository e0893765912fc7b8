import type { Nanos } from '../model/batch.ts'

const FIRST_CAPACITY = 64

/** The word `about` of a flow; orientation and opening are indices (see `orientation.ts`). */
export function about(six: boolean, orientation: number, opening: number, stacked: boolean): number {
  return (six ? 1 : 0) | (orientation << 1) | (opening << 3) | (stacked ? 32 : 0)
}

/** The data of each known flow, as columns indexed by place. Grows by doubling. */
export class FlowColumns {
  /** The flow at that place. */
  flow = new Int32Array(FIRST_CAPACITY)
  /** Id in the key table of its family. */
  local = new Int32Array(FIRST_CAPACITY)
  /** See `about`. */
  about = new Uint8Array(FIRST_CAPACITY)
  /** 1: the flow has had a packet since the last check whether it may be forgotten. */
  seen = new Uint8Array(FIRST_CAPACITY)
  firstPacket = new Int32Array(FIRST_CAPACITY)
  firstTime = new Float64Array(FIRST_CAPACITY)
  /** Places in use. */
  used = 0

  isIpv6(place: number): boolean {
    return ((this.about[place] ?? 0) & 1) === 1
  }

  orientation(place: number): number {
    return ((this.about[place] ?? 0) >> 1) & 3
  }

  opening(place: number): number {
    return ((this.about[place] ?? 0) >> 3) & 3
  }

  /** Whether its key is in the table for flows in tunnels or with three VLAN tags. */
  isStacked(place: number): boolean {
    return ((this.about[place] ?? 0) & 32) !== 0
  }

  /** Stores a flow at a place in use, or at the next one. */
  put(
    place: number,
    flow: number,
    local: number,
    about: number,
    firstPacket: number,
    firstTime: Nanos,
  ): void {
    if (place === this.about.length) this.#grow()
    if (place === this.used) this.used++
    this.flow[place] = flow
    this.local[place] = local
    this.about[place] = about
    this.seen[place] = 0
    this.firstPacket[place] = firstPacket
    this.firstTime[place] = firstTime
  }

  clear(): void {
    this.used = 0
  }

  #grow(): void {
    const capacity = this.about.length * 2
    const { flow, local, about, seen, firstPacket, firstTime } = this
    this.flow = new Int32Array(capacity)
    this.local = new Int32Array(capacity)
    this.about = new Uint8Array(capacity)
    this.seen = new Uint8Array(capacity)
    this.firstPacket = new Int32Array(capacity)
    this.firstTime = new Float64Array(capacity)
    this.flow.set(flow)
    this.local.set(local)
    this.about.set(about)
    this.seen.set(seen)
    this.firstPacket.set(firstPacket)
    this.firstTime.set(firstTime)
  }
}
