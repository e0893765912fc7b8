import type { Target } from '../model/target.ts'
import { Bench } from './contract/bench.ts'
import { CAPABILITIES } from './contract/capabilities.ts'
import type { Check } from './contract/check.ts'
import { DECISIONS } from './contract/decisions.ts'
import { OBSERVATIONS } from './contract/observations.ts'
import { SESSIONS } from './contract/sessions.ts'

/** What every target must do, the reference included. */
export const CHECKS: readonly Check[] = [...OBSERVATIONS, ...DECISIONS, ...SESSIONS, ...CAPABILITIES]

/** How a target is checked against the contract. */
export interface ContractOptions {
  /** Milliseconds that one check may take; absent: 20,000. */
  readonly timeout?: number
}

/**
 * Makes a mocha test for each thing that a target must do (docs/writing-a-target.md), in a `describe` with its name. `makeTarget` is
 * called once, before the first of them. A target must refuse whatever it lacks by its capabilities, which is tested instead.
 */
export function describeTarget(
  name: string,
  makeTarget: () => Target | Promise<Target>,
  { timeout = 20_000 }: ContractOptions = {},
): void {
  describe(`target ${name}`, () => {
    let bench: Bench | undefined
    before(async () => {
      bench = new Bench(await makeTarget())
    })
    for (const check of CHECKS)
      it(check.name, async () => {
        if (bench === undefined) throw new Error('the target was made before')
        await check.run(bench)
      }).timeout(timeout)
  })
}
