import { AssertionError } from 'chai'
import { loadConfigFor } from './config/load.ts'
import { Secrets } from './config/secrets.ts'
import { targetNamed } from './config/targets.ts'
import type { Case } from './model/case.ts'
import type { Target } from './model/target.ts'
import { planCases } from './plan/plan.ts'
import { failureText } from './report/failure-text.ts'
import { HostedRun } from './run/hosted-run.ts'
import { loadSuites } from './run/suites.ts'
import { PLACES, version } from './support/package.ts'

export { type ContractOptions, describeTarget } from './target/contract.ts'

/** What to play cases through, in a mocha project of your own. */
export interface DescribeOptions {
  /** A target, or the name of one that is configured or built in. */
  readonly target: Target | string
  /** For ports and sequence numbers of new connections; 1 by default. */
  readonly seed?: number
}

/** Which cases of the suites to play, and through what. */
export interface SuitesOptions extends Partial<DescribeOptions> {
  /** Only cases whose name contains one of these, or matches it if it has a `*`; absent: all. */
  readonly grep?: readonly string[]
}

/**
 * Defines a mocha test for every case of the suites, in a `describe` for each suite. `names`: files, folders or names of suites, as for
 * `flowbreak run`; none: all in the folder `suites`. Without a target the reference engine plays them. Throws ERR_SUITE and
 * ERR_SUITE_NOT_FOUND.
 */
export function suites(names: string | readonly string[] = [], options: SuitesOptions = {}): void {
  const loaded = loadSuites([names].flat(), PLACES)
  const { cases } = planCases(loaded, { grep: options.grep })
  describeCases(cases, { target: 'reference', ...options })
}

/**
 * Defines a mocha test for each case, in a `describe` for each suite, so that cases can run among other tests. The first test of a suite
 * starts playing all of it, as `flowbreak run` would; each test waits for its own result, and fails with sentences and a ladder. A case that
 * needs what the target lacks is pending.
 */
export function describeCases(cases: readonly Case[], { target, seed = 1 }: DescribeOptions): void {
  for (const suite of new Set(cases.map((test) => test.suite))) {
    const own = cases.filter((one) => one.suite === suite)
    describe(suite, function () {
      // The target has time limits of its own.
      this.timeout(0)
      const find = async () => (typeof target === 'string' ? named(target) : target)
      const run = new HostedRun(own, find, seed)
      after(() => run.end())
      for (const test of own)
        it(test.name.slice(suite.length + 1), async function () {
          const result = await run.result(test.name)
          if (result.type === 'case-skipped') this.skip()
          else if (result.outcome !== 'pass') throw new AssertionError(failureText(result))
        })
    })
  }
}

/** The target of that name, configured or built in. */
async function named(name: string): Promise<Target> {
  return targetNamed(name, await loadConfigFor([name]), new Secrets(), version())
}
