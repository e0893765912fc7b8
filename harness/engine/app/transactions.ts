import { type AppView, Sight } from './app-view.ts'

const FIRST_BYTES = 64
const NOTHING = new Uint8Array(0)

/** Buffers of one flow for rules, kept until they were inspected and can no longer be joined by others. Reused columns. */
export class Transactions {
  #bytes = NOTHING
  #used = 0
  #showings = 0
  /** For each buffer: kind, transaction, start and end; and its state. */
  readonly #kind: number[] = []
  readonly #transaction: number[] = []
  readonly #from: number[] = []
  readonly #to: number[] = []
  readonly #toServer: boolean[] = []
  /** With which showing it was shown first; 0: it has not been shown. */
  readonly #shown: number[] = []
  readonly #again: boolean[] = []
  /** It has been shown with the packet of a pick-up alone (`AppView.unshown`), and its stage had not passed. */
  readonly #early: boolean[] = []

  /** Bytes of memory held. */
  get size(): number {
    return this.#bytes.length
  }

  /** Keeps a copy of `source[from … to-1]`. `again`: as in `Sight.again`. */
  add(
    kind: number,
    transaction: number,
    toServer: boolean,
    source: Uint8Array,
    from: number,
    to: number,
    again = false,
  ): void {
    const start = this.#used
    this.#reserve(start + to - from)
    this.#bytes.set(source.subarray(from, to), start)
    this.#used += to - from
    this.#kind.push(kind)
    this.#transaction.push(transaction)
    this.#from.push(start)
    this.#to.push(this.#used)
    this.#toServer.push(toServer)
    this.#shown.push(0)
    this.#again.push(again)
    this.#early.push(false)
  }

  /** Shows the buffers of a direction to the rules, those of `needed` kinds (bit `1 << kind`). */
  show(view: AppView, toServer: boolean, needed: number): void {
    view.bytes = this.#bytes
    this.#showings++
    for (let i = 0; i < this.#kind.length; i++) {
      const kind = this.#kind[i] ?? 0
      if (this.#toServer[i] !== toServer) continue
      const isFresh = this.#shown[i] === 0
      const showing = isFresh ? this.#showings : (this.#shown[i] ?? 0)
      this.#shown[i] = showing
      if ((needed & (1 << kind)) === 0) continue
      const sight = isFresh ? Sight.fresh : this.#sightOf(i, view)
      if (isFresh || !view.unshown) this.#early[i] = view.unshown && this.#again[i] !== true
      view.add(kind, this.#transaction[i] ?? 0, sight, showing, this.#from[i] ?? 0, this.#to[i] ?? 0)
    }
  }

  /** How a buffer that was shown before is seen. */
  #sightOf(index: number, view: AppView): number {
    if (this.#early[index] === true && !view.unshown) return Sight.late
    return this.#again[index] === true ? Sight.again : Sight.seen
  }

  /** Whether some buffer of a `needed` kind has not been shown to all rules. */
  awaitsShowing(needed: number): boolean {
    return this.#kind.some(
      (kind, i) => (this.#shown[i] === 0 || this.#early[i] === true) && (needed & (1 << kind)) !== 0,
    )
  }

  /**
   * Removes buffers that were shown and belong to transactions before `open`, but for those that are to be shown to more rules and whose
   * transaction is not before `live`. Invalidates what the view refers to.
   */
  forgetShown(open: number, live: number): void {
    this.#remove((i) => {
      const transaction = this.#transaction[i] ?? 0
      return this.#shown[i] !== 0 && transaction < open && !(this.#early[i] === true && transaction >= live)
    })
  }

  /** The stage of all buffers has passed: those that are to be shown to more rules will be seen again. Returns whether there are any. */
  passEarly(): boolean {
    for (const [i, isEarly] of this.#early.entries()) if (isEarly) this.#again[i] = true
    return this.#early.includes(true)
  }

  /** Removes everything. Invalidates what the view refers to. */
  clear(): void {
    this.#remove(() => true)
  }

  /** Removes the buffers of a transaction that have not been shown. */
  withdraw(transaction: number): void {
    this.#remove((i) => this.#shown[i] === 0 && this.#transaction[i] === transaction)
  }

  #remove(isGone: (index: number) => boolean): void {
    const count = this.#kind.length
    let kept = 0
    for (let i = 0; i < count; i++) {
      if (isGone(i)) continue
      if (kept !== i) this.#move(i, kept)
      kept++
    }
    if (kept === count) return
    for (const column of [this.#kind, this.#transaction, this.#from, this.#to]) column.length = kept
    this.#toServer.length = kept
    this.#shown.length = kept
    this.#again.length = kept
    this.#early.length = kept
    this.#pack()
  }

  #move(from: number, to: number): void {
    for (const column of [this.#kind, this.#transaction, this.#from, this.#to]) column[to] = column[from] ?? 0
    this.#toServer[to] = this.#toServer[from] ?? true
    this.#shown[to] = this.#shown[from] ?? 0
    this.#again[to] = this.#again[from] ?? false
    this.#early[to] = this.#early[from] ?? false
  }

  /** Moves the remaining bytes to the front, in order. */
  #pack(): void {
    let used = 0
    for (let i = 0; i < this.#from.length; i++) {
      const from = this.#from[i] ?? 0
      const length = (this.#to[i] ?? 0) - from
      this.#bytes.copyWithin(used, from, from + length)
      this.#from[i] = used
      used += length
      this.#to[i] = used
    }
    this.#used = used
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return
    let size = Math.max(FIRST_BYTES, this.#bytes.length)
    while (size < length) size *= 2
    const grown = new Uint8Array(size)
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}
