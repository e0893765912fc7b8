import { loadSuite } from '../suite/cases.ts'
import { suiteText, type WrittenWith } from './scaffold/document.ts'
import type { Draft } from './scaffold/draft.ts'
import { type Proposal, propose } from './scaffold/propose.ts'
import { writeSuite } from './scaffold/write.ts'

export interface NewSuite extends WrittenWith {
  readonly draft: Draft
  /** Whether a file of that name is replaced. */
  readonly replace: boolean
  readonly signal: AbortSignal
  /** Proposals that were looked at before; absent: they are made. */
  readonly proposals?: readonly Proposal[]
}

/** What a suite that was written holds. */
export interface WrittenSuite {
  readonly file: string
  readonly suite: string
  /** One for each policy of each entry. */
  readonly cases: number
  readonly policies: readonly string[]
  /** Of all cases, and how many of them nobody has looked at. */
  readonly expectations: number
  readonly unreviewed: number
}

/** Writes the suite of a draft with what the reference does in it. Throws as `propose` and `writeSuite` do; then nothing is written. */
export async function writeDraft({ draft, replace, signal, ...rest }: NewSuite): Promise<WrittenSuite> {
  const proposals = rest.proposals ?? (await propose(draft, signal))
  const { file } = rest
  const { cases } = writeSuite(file, suiteText(draft, proposals, rest), replace, (written) =>
    loadSuite(written, { captures: [] }),
  )
  const expectations = cases.flatMap((test) => test.expectations)
  return {
    file,
    suite: draft.suite,
    cases: cases.length,
    policies: draft.policies,
    expectations: expectations.length,
    unreviewed: expectations.filter(({ unreviewed }) => unreviewed === true).length,
  }
}
