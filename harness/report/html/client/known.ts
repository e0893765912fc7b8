import type { PageIndex } from '../view.ts'
import { byName, type CaseEntry, entriesOf } from './entries.ts'
import { differingNames } from './select.ts'

/** Outcomes from this rank on are what a reader looks for. */
const NEEDS_A_LOOK = 3

/** What is worked out once, when the page is opened. */
export class Known {
  readonly index: PageIndex
  readonly entries: readonly CaseEntry[]
  readonly names: ReadonlyMap<string, readonly CaseEntry[]>
  /** Names of cases whose outcomes differ between sides. */
  readonly differ: ReadonlySet<string>
  /** Axes that make columns until somebody chooses others. */
  readonly columns: readonly string[]

  constructor(index: PageIndex) {
    this.index = index
    this.entries = entriesOf(index)
    this.names = byName(this.entries)
    this.differ = index.sides.length > 1 ? differingNames(this.names) : new Set()
    this.columns = index.axes.filter(({ chosen }) => chosen).map(({ name }) => name)
  }

  needsALook({ outcome }: CaseEntry): boolean {
    return this.index.outcomes[outcome].rank >= NEEDS_A_LOOK
  }

  /** The entry that an address names: of several sides the one that it says, else the first. */
  find(name: string, side: string): CaseEntry | undefined {
    const entries = this.names.get(name) ?? []
    return entries.find((entry) => this.index.sides[entry.side]?.name === side) ?? entries[0]
  }

  /** Whether other cases hold this one's name in theirs. */
  isAmbiguous(name: string): boolean {
    for (const other of this.names.keys()) if (other !== name && other.includes(name)) return true
    return name.includes('*')
  }
}
