import type { Expectation } from '../../model/case.ts'
import type { Transparency } from '../../model/fields.ts'
import type { AxisReader } from '../axes.ts'
import type { Source } from '../level.ts'
import type { Path } from '../problems.ts'

/** What is needed to read the expectations of one expanded case. */
export interface ExpectationContext {
  readonly reader: AxisReader
  /** Names of the phases that the case's injections begin. */
  readonly phases: readonly string[]
  readonly hosts: readonly string[]
  /** Product of the case's profile. */
  readonly product: string
  readonly transparency: Transparency | undefined
  readonly endpoints: 'recorded' | 'reactive'
  readonly sources: readonly Source[]
  /** The case's own level, and where it is written. */
  readonly level: Explicit | undefined
  /** Where the case says that nobody has reviewed its expectations. */
  readonly unreviewed: Path | undefined
  /** Called with every expectation: where it is written, and where it is marked as unreviewed. */
  readonly note: (expectation: Expectation, at: Path, mark: Path | undefined) => void
}

/** A level as written, and where. */
export interface Explicit {
  readonly text: string
  readonly path: Path
}
