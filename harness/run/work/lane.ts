import type { LogLine } from '../../log/write.ts'
import type { Lot, LotEvent } from './lot.ts'
import type { Planned } from './lots.ts'

/** An event, and its line if that was formatted elsewhere. */
export type HeldEvent = readonly [event: LotEvent, line?: LogLine | undefined]

/** A lot, or events before one, on the way into the log. */
export interface Entry {
  readonly lot?: Lot
  /** Events that cannot be logged yet, because something before them is not finished. */
  readonly held: HeldEvent[]
  /** Names of its cases that have a result. */
  readonly done: Set<string>
  isOver: boolean
}

/** The lots of one target on their way: handed out in the order of the plan, and logged in the same order. */
export class Lane {
  readonly target: string
  readonly #plan: AsyncIterator<Planned>
  /** Entries that were handed out and are not completely in the log, in order. */
  readonly #entries: Entry[] = []
  #pulling: Promise<unknown> = Promise.resolve()
  /** Number of cases in `#entries`. */
  #cases = 0
  #isPlanned = false

  constructor(target: string, plan: AsyncIterator<Planned>) {
    this.target = target
    this.#plan = plan
  }

  /** Whether all its lots were handed out. */
  get isPlanned(): boolean {
    return this.#isPlanned
  }

  /** Number of cases that were handed out and are not in the log. */
  get cases(): number {
    return this.#cases
  }

  /** The entry that is logged next; undefined: everything that was handed out is in the log. */
  get head(): Entry | undefined {
    return this.#entries[0]
  }

  /** Removes the head, once all of it is in the log. */
  shift(): void {
    this.#cases -= this.#entries.shift()?.lot?.cases.length ?? 0
  }

  /** The next lot; undefined: there are no more. Calls wait for each other. */
  next(): Promise<Entry | undefined> {
    const next = this.#pulling.then(() => this.#pull())
    this.#pulling = next.catch(() => undefined)
    return next
  }

  async #pull(): Promise<Entry | undefined> {
    while (!this.#isPlanned) {
      const { value, done } = await this.#plan.next()
      if (done === true) {
        this.#isPlanned = true
        break
      }
      const { events, lot }: Planned = value
      const entry: Entry = {
        ...(lot === undefined ? {} : { lot }),
        held: events.map((event) => [event]),
        done: new Set(),
        isOver: lot === undefined,
      }
      this.#entries.push(entry)
      this.#cases += lot?.cases.length ?? 0
      if (lot !== undefined) return entry
    }
    return undefined
  }
}
