import type { Expectation } from '../../model/case.ts'
import type { Transparency } from '../../model/fields.ts'
import type { AxisReader } from '../axes.ts'
import type { Source } from '../level.ts'
import type { Path } from '../problems.ts'

/** What reading the expectations of one expanded case takes. */
export interface ExpectationContext {
  readonly reader: AxisReader
  /** Names of the phases that the case's injections make. */
  readonly phases: readonly string[]
  readonly hosts: readonly string[]
  /** Product of the case's profile. */
  readonly product: string
  readonly transparency: Transparency | undefined
  readonly endpoints: 'recorded' | 'reactive'
  readonly sources: readonly Source[]
  /** The case's own level, and where it stands. */
  readonly level: Explicit | undefined
  /** Where the case says that nobody has looked at what it expects. */
  readonly unreviewed: Path | undefined
  /** Told of every expectation: where it stands, and where it is marked as unreviewed. */
  readonly note: (expectation: Expectation, at: Path, mark: Path | undefined) => void
}

/** A level as written, and where. */
export interface Explicit {
  readonly text: string
  readonly path: Path
}
