/** A marker on its way. */
interface Travelling {
  readonly road: number
  /** Packets sent before it, over all roads. */
  readonly behind: number
  readonly at: number
  /** Number of the packet that it replaces; -1: none. */
  readonly number: number
}

/**
 * What is known about roads (host index * 2 + direction, which is also the arm that they begin at; they end at the other arm of that
 * host): the packet number up to which a road was alive, because a later marker came out, and how long packets took.
 */
export class Roads {
  /** By road: for packets with a number below this one, a later marker has come out. */
  readonly #proved: Float64Array
  readonly #travelling = new Map<number, Travelling>()
  readonly #lost: Uint8Array
  /** The longest time that anything took since `forget`, in nanoseconds. */
  slowest = 0
  /** Markers that came out elsewhere than at the end of their road: where they were sent, and where they were heard. */
  readonly misled: { readonly road: number; readonly arm: number }[] = []

  constructor(roads: number) {
    this.#proved = new Float64Array(roads)
    this.#lost = new Uint8Array(roads)
  }

  /** Notes a marker that is about to be sent. */
  sending(marker: number, travelling: Travelling): void {
    this.#travelling.set(marker, travelling)
  }

  /** Notes a marker heard on an arm; returns the number of the packet that it replaces, -1: none, or not at the end of its road. */
  heard(marker: number, road: number, arm: number, at: number): number {
    const travelling = this.#travelling.get(marker)
    if (travelling === undefined) return -1
    if (arm !== (travelling.road ^ 1) || road !== travelling.road) {
      this.misled.push({ road: travelling.road, arm })
      return -1
    }
    this.#travelling.delete(marker)
    this.passed(at - travelling.at)
    this.#lost[road] = 0
    if (travelling.behind > (this.#proved[road] ?? 0)) this.#proved[road] = travelling.behind
    return travelling.number
  }

  /** Notes how long something took. */
  passed(nanos: number): void {
    if (nanos > this.slowest) this.slowest = nanos
  }

  /** Whether a marker that was sent after packet `number` has come out. */
  isProved(road: number, number: number): boolean {
    return (this.#proved[road] ?? 0) > number
  }

  isTravelling(marker: number): boolean {
    return this.#travelling.has(marker)
  }

  /** Gives a marker up. */
  lose(marker: number): void {
    const travelling = this.#travelling.get(marker)
    if (travelling !== undefined) this.#lost[travelling.road] = 1
    this.#travelling.delete(marker)
  }

  /** Whether the last marker of a road was given up. */
  isDead(road: number): boolean {
    return this.#lost[road] === 1
  }

  /** Packets are numbered from 0 again. */
  clear(): void {
    this.#proved.fill(0)
    this.#travelling.clear()
    this.#lost.fill(0)
    this.misled.length = 0
  }
}
