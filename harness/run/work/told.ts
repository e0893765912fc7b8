import { untraced } from '../../log/kept.ts'
import { Shared } from '../../log/shared.ts'
import type { CaseFinished } from '../../model/run-log.ts'
import { summaryOf } from '../play.ts'
import type { Lot, LotEvent } from './lot.ts'
import type { Part, SentTold } from './messages.ts'

/** Bytes that are reserved for lines at first. */
const ROOM = 1 << 17

/** The worker's end of what a lot comes to: puts events and their lines together to be sent, without what the run knows of them. */
export class PartPacker {
  readonly #places: ReadonlyMap<string, number>
  readonly #traced: boolean
  /** What cases have in common, so that a part has it once. */
  readonly #shared: Shared
  #told: SentTold[] = []
  #lines = Buffer.alloc(0)
  #used = 0

  /** `traced`: packets of cases that passed are sent beside their lines too. `shared`: what those of other lots have in common. */
  constructor({ cases }: Lot, traced: boolean, shared = new Shared()) {
    this.#places = new Map(cases.map(({ name }, place) => [name, place]))
    this.#traced = traced
    this.#shared = shared
  }

  /** Takes an event as the log is to have it; answers how many bytes of lines are waiting. */
  add(event: LotEvent): number {
    const length = this.#write(JSON.stringify(event))
    if (event.type !== 'case-finished') {
      this.#told.push({ event, length })
      return this.#used
    }
    const { case: test, ...rest } = this.#traced ? event : (untraced(event) as CaseFinished)
    const sent = {
      ...rest,
      tally: this.#shared.value(rest.tally),
      counters: this.#shared.value(rest.counters),
      ...(rest.knowledge === undefined ? {} : { knowledge: this.#shared.value(rest.knowledge) }),
    }
    const of = this.#places.get(test.name)
    this.#told.push(
      of === undefined ? { event: { ...sent, case: test }, length } : { of, event: sent, length },
    )
    return this.#used
  }

  /** What is waiting, all of whose memory it has; undefined: nothing is. */
  take(): Part | undefined {
    if (this.#told.length === 0) return undefined
    const part = { told: this.#told, lines: this.#lines.subarray(0, this.#used) }
    this.#told = []
    this.#lines = Buffer.alloc(0)
    this.#used = 0
    return part
  }

  #write(line: string): number {
    // As UTF-8 a letter has three bytes at most.
    const needed = this.#used + 3 * line.length
    if (needed > this.#lines.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, ROOM, 2 * this.#lines.length))
      this.#lines.copy(larger, 0, 0, this.#used)
      this.#lines = larger
    }
    const length = this.#lines.write(line, this.#used)
    this.#used += length
    return length
  }
}

/** The run's end: events that were sent, whole again but for packets of cases that passed, each with its line. */
export function* unpackPart(
  { told, lines }: Part,
  { cases }: Lot,
): Generator<readonly [LotEvent, Uint8Array]> {
  let from = 0
  for (const { length, ...sent } of told) {
    const line = lines.subarray(from, from + length)
    from += length
    if (!('of' in sent)) yield [sent.event, line]
    else {
      const test = cases[sent.of]
      if (test === undefined) throw new Error(`a lot of ${cases.length} cases has no case ${sent.of}`)
      const { type, ...rest } = sent.event
      yield [{ type, case: summaryOf(test), ...rest }, line]
    }
  }
}
