import type { Case } from '../../model/case.ts'
import type { Setup } from '../../model/setup.ts'
import type { Lot } from './lot.ts'
import type { SentLot } from './messages.ts'

/** The run's end of the connection to one worker: what the worker has is not sent again, and common fields of cases are sent once. */
export class LotPacker {
  /** Keys of the setups that the worker has. */
  readonly #had = new Set<string>()

  pack(lot: Lot): SentLot {
    const isNew = !this.#had.has(lot.setup)
    this.#had.add(lot.setup)
    const [first] = lot.cases
    const common = commonOf(lot.cases)
    const cases = lot.cases.map((test) => without(test, common))
    return { ...lot, common, cases, ...(isNew && first !== undefined ? { configuration: first.setup } : {}) }
  }
}

/** The worker's end: cases of one setup share it from lot to lot. */
export class LotUnpacker {
  readonly #setups = new Map<string, Setup>()

  unpack({ configuration, common, ...lot }: SentLot): Lot {
    if (configuration !== undefined) this.#setups.set(lot.setup, configuration)
    const setup = this.#setups.get(lot.setup)
    if (setup === undefined) throw new Error(`setup ${lot.setup} was not sent`)
    return { ...lot, cases: lot.cases.map((own) => ({ ...common, ...own, setup }) as Case) }
  }
}

/** The fields that are the same object in all cases, except the setup. */
function commonOf([first, ...others]: readonly Case[]): Partial<Case> {
  const { setup: _, ...fields } = first ?? {}
  const names = Object.keys(fields) as (keyof typeof fields)[]
  const shared = names.filter((name) => others.every((test) => test[name] === fields[name]))
  return Object.fromEntries(shared.map((name) => [name, fields[name]]))
}

function without({ setup: _, ...test }: Case, common: Partial<Case>): Partial<Case> {
  return Object.fromEntries(Object.entries(test).filter(([name]) => !(name in common)))
}
