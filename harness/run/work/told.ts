import { untraced } from '../../log/kept.ts'
import { Shared } from '../../log/shared.ts'
import type { CaseFinished } from '../../model/run-log.ts'
import { summaryOf } from '../play.ts'
import { Blocks } from './blocks.ts'
import type { Lot, LotEvent } from './lot.ts'
import type { Part, SentTold } from './messages.ts'

/** The worker's end for the events of a lot: packs events and their lines to be sent, without what the run already has. */
export class PartPacker {
  readonly #places: ReadonlyMap<string, number>
  readonly #traced: boolean
  /** Values that cases have in common, so that a part has each once. */
  readonly #shared: Shared
  readonly #blocks: Blocks
  #told: SentTold[] = []
  /** Where the lines of the next part are; absent: there are none. */
  #filled: ReturnType<Blocks['take']> | undefined

  /**
   * `traced`: packets of cases that passed are sent in events too, not only in lines. `shared`: common values of other lots.
   * `blocks`: for lines; each part has one.
   */
  constructor({ cases }: Lot, traced: boolean, shared = new Shared(), blocks = new Blocks(false)) {
    this.#places = new Map(cases.map(({ name }, place) => [name, place]))
    this.#traced = traced
    this.#shared = shared
    this.#blocks = blocks
  }

  /** Adds an event in its logged form; returns how many bytes of lines are waiting. */
  add(event: LotEvent): number {
    this.#filled ??= this.#blocks.take()
    const { lines } = this.#filled
    const from = lines.length
    lines.event(event)
    const length = lines.length - from
    if (event.type !== 'case-finished') {
      this.#told.push({ event, length })
      return lines.length
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
    return lines.length
  }

  /** Takes what is waiting; its lines are valid until their block is given back. Undefined: nothing is. */
  take(): Part | undefined {
    if (this.#filled === undefined) return undefined
    const { block } = this.#filled
    const part = { told: this.#told, lines: this.#blocks.lend(block), block }
    this.#told = []
    this.#filled = undefined
    return part
  }
}

/** The run's end: the events that were sent, completed except for packets of cases that passed, each with its line. */
export function* unpackPart(
  told: Part['told'],
  lines: Uint8Array,
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
