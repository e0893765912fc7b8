/**
 * What libhtp makes of a CONNECT, for whose answer the client's next bytes wait, and of the end of that answer, at which it may stay until
 * more data comes (htp_transaction.c, htp_tx_state_response_complete_ex). If the CONNECT is complete by then, Suricata has freed it.
 */
export class ConnectState {
  /** Status of its response, 0 if it has none that is valid; -1: no line of it has come. */
  status = -1
  /** The client has sent more, without waiting for an answer. */
  #isHeld = false
  /** It is refused, other than for want of credentials. */
  #isRefused = false
  /** It is complete. */
  #isOver = false
  /** Its response is complete, but not left. */
  #isStaying = false

  get isStaying(): boolean {
    return this.#isStaying
  }

  /** What the response belongs to does not exist any more. */
  get isGone(): boolean {
    return this.#isStaying && this.#isOver
  }

  /** A response begins. */
  begin(): void {
    this.#isOver = false
    this.#isStaying = false
  }

  /** Whether the client has sent more behind it. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld
  }

  /** The client sends more, and waits no longer if there is an answer: its status, -1 if there is none. */
  goOn(): number {
    if (this.status >= 0) this.#isHeld = false
    return this.status
  }

  /** Something has followed its response: it is complete. */
  noteOver(): void {
    this.#isOver = true
  }

  /** It is not granted. `forGood`: not for want of credentials. */
  refuse(forGood: boolean): void {
    this.#isHeld = false
    if (forGood) this.#isRefused = true
  }

  /** A response is complete, maybe since before: whether libhtp stays at it. `isLast`: it answers the last request. */
  stay(isLast: boolean): boolean {
    this.#isStaying = this.#isRefused || (this.#isHeld && isLast)
    this.#isRefused = false
    return this.#isStaying
  }
}
