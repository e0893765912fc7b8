import type { Case } from '../../model/case.ts'
import type { Setup } from '../../model/setup.ts'
import { summaryOf } from '../play.ts'
import type { Lot } from './lot.ts'
import type { SentLot, SentTold, Told } from './messages.ts'

/** The run's end of the way to one worker: what the worker has, or the run knows itself, is not sent. */
export class LotPacker {
  /** Keys of the setups that the worker has. */
  readonly #had = new Set<string>()

  pack(lot: Lot): SentLot {
    const isNew = !this.#had.has(lot.setup)
    this.#had.add(lot.setup)
    const [first] = lot.cases
    const cases = lot.cases.map(({ setup: _, ...test }) => test)
    return { ...lot, cases, ...(isNew && first !== undefined ? { configuration: first.setup } : {}) }
  }
}

/** The worker's end of it: cases of one setup share it from lot to lot. */
export class LotUnpacker {
  readonly #setups = new Map<string, Setup>()

  unpack({ configuration, ...lot }: SentLot): Lot {
    if (configuration !== undefined) this.#setups.set(lot.setup, configuration)
    const setup = this.#setups.get(lot.setup)
    if (setup === undefined) throw new Error(`setup ${lot.setup} was not sent`)
    return { ...lot, cases: lot.cases.map((test): Case => ({ ...test, setup })) }
  }
}

/** What is told of a lot's cases, without what the run knows of them. */
export class ToldPacker {
  readonly #places: ReadonlyMap<string, number>

  constructor({ cases }: Lot) {
    this.#places = new Map(cases.map(({ name }, place) => [name, place]))
  }

  pack(told: Told): SentTold {
    const { event, line } = told
    if (event.type !== 'case-finished') return told
    const { case: test, ...rest } = event
    const of = this.#places.get(test.name)
    return of === undefined ? told : { of, event: rest, line }
  }
}

/** What was told of a lot, whole again. */
export function unpackTold(told: SentTold, { cases }: Lot): Told {
  if (!('of' in told)) return told
  const test = cases[told.of]
  if (test === undefined) throw new Error(`a lot of ${cases.length} cases has no case ${told.of}`)
  const { type, ...rest } = told.event
  return { event: { type, case: summaryOf(test), ...rest }, line: told.line }
}
