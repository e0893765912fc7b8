import { AssertionError } from 'chai'
import { loadConfig } from './config/load.ts'
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

/** What to play cases through, in one's own mocha project. */
export interface DescribeOptions {
  /** A target, or the name of one: of the configuration, or a built-in one. */
  readonly target: Target | string
  /** For ports and sequence numbers of new connections; 1 where it is not said. */
  readonly seed?: number
}

/** What of suites to play, and through what. */
export interface SuitesOptions extends Partial<DescribeOptions> {
  /** Only cases whose name holds one of these, or fits it where it has a `*`. */
  readonly grep?: readonly string[]
}

/**
 * Makes a mocha test of every case of suites, named as for `flowbreak run` (files, folders, names; none: those of the folder `suites`),
 * in a `describe` of each suite's name. Without a target the reference engine plays them. Throws ERR_SUITE, ERR_SUITE_NOT_FOUND.
 */
export function suites(names: string | readonly string[] = [], options: SuitesOptions = {}): void {
  const loaded = loadSuites([names].flat(), PLACES)
  const { cases } = planCases(loaded, { grep: options.grep })
  describeCases(cases, { target: 'reference', ...options })
}

/**
 * Makes a mocha test of each case, in a `describe` of its suite's name: for those who run flowbreak's cases among their own
 * tests. The first test of a suite that is run begins to play all of it, as `flowbreak run` would; each waits for its own result, and
 * fails with sentences and a ladder. What the target lacks is pending.
 */
export function describeCases(cases: readonly Case[], { target, seed = 1 }: DescribeOptions): void {
  for (const suite of new Set(cases.map((test) => test.suite))) {
    const own = cases.filter((one) => one.suite === suite)
    describe(suite, function () {
      // How long a case takes is its own and the target's matter.
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

/** The target of that name, of the configuration or built in. */
async function named(name: string): Promise<Target> {
  return targetNamed(name, await loadConfig(undefined), new Secrets(), version())
}
