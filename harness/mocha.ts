import { AssertionError } from 'chai'
import type { Case } from './model/case.ts'
import type { Session, Target } from './model/target.ts'
import { CaptureStore } from './run/captures.ts'
import { CasePlayer } from './run/play.ts'

export { type ContractOptions, describeTarget } from './target/contract.ts'

/** What to play cases through, in one's own mocha project. */
export interface DescribeOptions {
  readonly target: Target
  /** For ports and sequence numbers of new connections. */
  readonly seed?: number
}

/**
 * Makes a mocha test of each case, in a `describe` of its suite's name: for those who run flowbreak's cases among their own
 * tests. Each test prepares the target, plays its case and fails with the first sentence of what was not as expected.
 */
export function describeCases(cases: readonly Case[], options: DescribeOptions): void {
  const captures = new CaptureStore()
  const player = new CasePlayer(options.seed ?? 1)
  for (const suite of new Set(cases.map((test) => test.suite)))
    describe(suite, () => {
      for (const test of cases.filter((one) => one.suite === suite))
        it(test.name.slice(suite.length + 1), async () => {
          await using session: Session = await options.target.prepare(
            test.setup,
            new AbortController().signal,
          )
          const recorded = await captures.load(test.capture, test.setup)
          const { outcome, detail, mismatches } = await player.play(
            test,
            recorded,
            session,
            new AbortController().signal,
          )
          const first = mismatches.find(({ level }) => level !== 'provisional')
          if (outcome !== 'pass') throw new AssertionError(`${outcome}: ${detail ?? first?.message ?? ''}`)
        })
    })
}
