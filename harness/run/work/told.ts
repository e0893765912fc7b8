import { untraced } from '../../log/kept.ts'
import { Shared } from '../../log/shared.ts'
import type { CaseFinished } from '../../model/run-log.ts'
import { summaryOf } from '../play.ts'
import type { Lot, LotEvent } from './lot.ts'
import type { Part, SentTold } from './messages.ts'

/** Bytes reserved for lines at first. */
const ROOM = 1 << 17

/** The worker's end for the events of a lot: packs events and their lines to be sent, without what the run already has. */
export class PartPacker {
  readonly #places: ReadonlyMap<string, number>
  readonly #traced: boolean
  /** Values that cases have in common, so that a part has each once. */
  readonly #shared: Shared
  #told: SentTold[] = []
  #lines = Buffer.alloc(0)
  #used = 0

  /** `traced`: packets of cases that passed are sent in events too, not only in lines. `shared`: common values of other lots. */
  constructor({ cases }: Lot, traced: boolean, shared = new Shared()) {
    this.#places = new Map(cases.map(({ name }, place) => [name, place]))
    this.#traced = traced
    this.#shared = shared
  }

  /** Adds an event in its logged form; returns how many bytes of lines are waiting. */
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

  /** Takes what is waiting, in memory of exactly its size; undefined: nothing is. */
  take(): Part | undefined {
    if (this.#told.length === 0) return undefined
    const part = { told: this.#told, lines: new Uint8Array(this.#lines.subarray(0, this.#used)) }
    this.#told = []
    this.#used = 0
    return part
  }

  #write(line: string): number {
    // In UTF-8 a character takes at most three bytes.
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

/** The run's end: the events that were sent, completed except for packets of cases that passed, each with its line. */
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
