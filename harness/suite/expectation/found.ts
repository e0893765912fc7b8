import type { Expectation } from '../../model/case.ts'
import type { Path } from '../problems.ts'
import type { ExpectationContext } from './context.ts'
import type { Details } from './details.ts'

/** The expectations of one expanded case; each is passed to `note` with its place. */
export class Found {
  readonly list: Expectation[] = []
  readonly #note: ExpectationContext['note']

  constructor({ note }: ExpectationContext) {
    this.#note = note
  }

  /** `at`: where it is written; `details`: what is written about it. */
  add(at: Path, { unreviewed }: Details, expectation: Expectation): void {
    this.list.push(expectation)
    this.#note(expectation, at, unreviewed)
  }
}
