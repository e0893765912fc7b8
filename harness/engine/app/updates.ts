/** In which directions rules have something new to inspect, because a parser was called. */
export class Updates {
  #toServer = false
  #toClient = false
  /** The client's transactions have changed since rules inspected them. */
  #hasNews = false
  /** The direction of the last parser call within the current packet: 0 none, 1 to server, 2 to client. */
  #parsed = 0

  /** Whether rules have something new in either direction. */
  get isAny(): boolean {
    return this.#toServer || this.#toClient
  }

  /** Whether rules have something new in that direction. */
  in(toServer: boolean): boolean {
    return toServer ? this.#toServer : this.#toClient
  }

  /** A packet begins. */
  begin(): void {
    this.#parsed = 0
  }

  /** A parser was called; `untouched`: without effect on a transaction. */
  noteParsed(toServer: boolean, untouched: boolean): void {
    if (toServer && !untouched) this.#hasNews = true
    if (!toServer || this.#hasNews) this.noteLook(toServer)
  }

  /** Rules are to look at that direction. */
  noteLook(toServer: boolean): void {
    this.#parsed = toServer ? 1 : 2
  }

  /** A packet has been taken: its last call counts. */
  end(): void {
    if (this.#parsed === 1) this.#toServer = true
    else if (this.#parsed === 2) this.#toClient = true
  }

  /** Rules have inspected that direction. */
  noteShown(toServer: boolean): void {
    if (toServer) {
      this.#toServer = false
      this.#hasNews = false
    } else this.#toClient = false
  }
}
