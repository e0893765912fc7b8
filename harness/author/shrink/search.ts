import { Breath } from '../../support/breath.ts'
import { minimise } from '../../support/minimise.ts'
import type { Difference } from './difference.ts'
import { cutPayload, lengthsBelow } from './lengths.ts'
import { type Trial, trialOf, type Variant, type Whole } from './variant.ts'

/** Plays trials; what each of them shows, undefined: nothing, or it cannot be played. */
export interface Examiner {
  /** It looks at one trial after another as quickly as at many together. */
  readonly isQuick: boolean
  examine(trials: readonly Trial[]): Promise<readonly (Difference | undefined)[]>
}

/** Looks for what is left of a case that still shows one difference. */
export class Search {
  readonly #whole: Whole
  readonly #wanted: string
  readonly #examiner: Examiner
  readonly #breath = new Breath()

  constructor(whole: Whole, wanted: Difference, examiner: Examiner) {
    this.#whole = whole
    this.#wanted = wanted.words
    this.#examiner = examiner
  }

  /**
   * First fewer packets, then fewer injections, then shorter payloads, and again for as long as something is found: in the end no one
   * packet and no one injection can be left out.
   */
  async run(variant: Variant): Promise<Variant> {
    let left = variant
    for (;;) {
      const before = left
      const packets = await minimise(left.pieces, (candidates) =>
        this.#find(candidates.map((pieces) => ({ ...left, pieces }))),
      )
      left = packets.length < left.pieces.length ? { ...left, pieces: packets } : left
      const events = await minimise(left.events, (candidates) =>
        this.#find(candidates.map((events) => ({ ...left, events }))),
      )
      left = events.length < left.events.length ? { ...left, events } : left
      if (left !== before) continue
      left = await this.#shorten(left)
      if (left === before) return left
    }
  }

  async #shorten(variant: Variant): Promise<Variant> {
    let left = variant
    for (let at = 0; at < left.pieces.length; at++) {
      const shorter = lengthsBelow(left.pieces[at]?.payload ?? 0).flatMap((length) => {
        const pieces = cutPayload(this.#whole, left.pieces, at, length)
        return pieces === undefined ? [] : [{ ...left, pieces }]
      })
      left = shorter[await this.#find(shorter)] ?? left
    }
    return left
  }

  /** Index of the first variant that shows the difference; -1: none. */
  async #find(variants: readonly Variant[]): Promise<number> {
    const all = this.#examiner.isQuick ? variants.map((each) => [each]) : [variants]
    let passed = 0
    for (const together of all) {
      await this.#breath.take()
      const trials = together.map((each, index) =>
        trialOf(this.#whole, each, `${index} of ${this.#whole.test.capture}`),
      )
      const seen = await this.#examiner.examine(trials.filter((trial) => trial !== undefined))
      let next = 0
      for (const trial of trials) {
        if (trial !== undefined && seen[next++]?.words === this.#wanted) return passed
        passed++
      }
    }
    return -1
  }
}
