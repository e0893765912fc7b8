/** Places ordered by a key, lowest first; a binary heap over typed arrays. The order of equal keys is arbitrary. */
export class PlaceHeap {
  #places = new Int32Array(1024)
  #keys = new Float64Array(1024)
  #count = 0

  get count(): number {
    return this.#count
  }

  /** The place with the lowest key; -1: none. */
  get first(): number {
    return this.#count === 0 ? -1 : (this.#places[0] ?? -1)
  }

  get firstKey(): number {
    return this.#keys[0] ?? 0
  }

  add(place: number, key: number): void {
    if (this.#count === this.#places.length) this.#grow()
    let at = this.#count++
    while (at > 0) {
      const above = (at - 1) >> 1
      if ((this.#keys[above] ?? 0) <= key) break
      this.#move(above, at)
      at = above
    }
    this.#put(at, place, key)
  }

  removeFirst(): void {
    const last = --this.#count
    if (last > 0) this.#sink(this.#places[last] ?? 0, this.#keys[last] ?? 0)
  }

  /** Gives the first place a higher key. */
  raiseFirst(key: number): void {
    this.#sink(this.first, key)
  }

  clear(): void {
    this.#count = 0
  }

  /** Inserts a place, moving it down from the top. */
  #sink(place: number, key: number): void {
    const keys = this.#keys
    let at = 0
    for (;;) {
      let below = at * 2 + 1
      if (below >= this.#count) break
      if (below + 1 < this.#count && (keys[below + 1] ?? 0) < (keys[below] ?? 0)) below++
      if ((keys[below] ?? 0) >= key) break
      this.#move(below, at)
      at = below
    }
    this.#put(at, place, key)
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#places[from] ?? 0, this.#keys[from] ?? 0)
  }

  #put(at: number, place: number, key: number): void {
    this.#places[at] = place
    this.#keys[at] = key
  }

  #grow(): void {
    const places = new Int32Array(this.#count * 2)
    const keys = new Float64Array(this.#count * 2)
    places.set(this.#places)
    keys.set(this.#keys)
    this.#places = places
    this.#keys = keys
  }
}
