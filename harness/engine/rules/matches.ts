const FIRST_CAPACITY = 16

/** The signatures that matched a packet: places in the rule order, and whether the match was in the stream. */
export class Matches {
  count = 0
  places = new Int32Array(FIRST_CAPACITY)
  ofStream = new Uint8Array(FIRST_CAPACITY)

  clear(): void {
    this.count = 0
  }

  /** Inserts one in the rule order; equal ones stay in the order of insertion. */
  add(place: number, ofStream: boolean): void {
    if (this.count === this.places.length) this.#grow()
    let at = this.count++
    while (at > 0 && (this.places[at - 1] ?? 0) > place) {
      this.places[at] = this.places[at - 1] ?? 0
      this.ofStream[at] = this.ofStream[at - 1] ?? 0
      at--
    }
    this.places[at] = place
    this.ofStream[at] = ofStream ? 1 : 0
  }

  #grow(): void {
    const places = new Int32Array(this.places.length * 2)
    places.set(this.places)
    this.places = places
    const ofStream = new Uint8Array(this.ofStream.length * 2)
    ofStream.set(this.ofStream)
    this.ofStream = ofStream
  }
}
