/** A marker on its way. */
interface Travelling {
  readonly road: number
  /** Packets sent before it, over all roads. */
  readonly behind: number
  readonly at: number
  /** Number of the packet whose place it takes; -1: of none. */
  readonly number: number
}

/**
 * What is known of roads (host index * 2 + direction, which is also the arm that they begin at; they end at the other arm of that
 * host): up to which packet one was alive when a marker sent after it came out, and how long what came out was on its way.
 */
export class Roads {
  /** By road: packets with a number below this one have a later marker that came out. */
  readonly #proved: Float64Array
  readonly #travelling = new Map<number, Travelling>()
  readonly #lost: Uint8Array
  /** Longest that anything was on its way since `forget`, in nanoseconds. */
  slowest = 0
  /** Markers that came out elsewhere than at the end of their road: where they were sent, and where they were heard. */
  readonly misled: { readonly road: number; readonly arm: number }[] = []

  constructor(roads: number) {
    this.#proved = new Float64Array(roads)
    this.#lost = new Uint8Array(roads)
  }

  /** Takes note of a marker that is about to be sent. */
  sending(marker: number, travelling: Travelling): void {
    this.#travelling.set(marker, travelling)
  }

  /** A marker of a road was heard on an arm; answers the number of the packet whose place it took, -1: of none, or not at its end. */
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

  /** Something was on its way so long. */
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
