import type { Case } from '../model/case.ts'
import { planCases } from '../plan/plan.ts'
import { CaptureStore } from '../run/captures.ts'
import { checkRules } from '../run/rules.ts'
import type { LoadedSuite } from '../suite/cases.ts'
import { findContradictions } from './check/contradictions.ts'
import { type Finding, Findings } from './check/finding.ts'
import { MUTANTS } from './check/mutants.ts'
import { insensitiveCases } from './check/sensitivity.ts'
import { findDuplicates, findMissing, findUnreviewed } from './check/static.ts'
import { playCases } from './reference.ts'

export interface CheckOptions {
  /** Whether expectations that nobody has looked at are taken. */
  readonly allowUnreviewed: boolean
  /** Whether cases are held against the reference. */
  readonly reference: boolean
  /** Whether cases are held against every mutant of the reference. */
  readonly mutants: boolean
  readonly signal: AbortSignal
}

export interface Checked {
  readonly cases: number
  readonly findings: readonly Finding[]
  /** Cases that the reference could not play, and why. */
  readonly unplayed: readonly { readonly name: string; readonly why: string }[]
}

/** Looks for what is wrong with suites that can be read. Throws what keeps them from being played at all. */
export async function checkSuites(suites: readonly LoadedSuite[], options: CheckOptions): Promise<Checked> {
  const { allowUnreviewed, reference, mutants, signal } = options
  const { cases } = planCases(suites)
  checkRules(cases)
  const findings = new Findings()
  const captures = new CaptureStore()
  if (!allowUnreviewed) findUnreviewed(suites, findings)
  findDuplicates(suites, findings)
  const playable = await findMissing(suites, captures, findings)
  const unplayed: { readonly name: string; readonly why: string }[] = []
  if (reference || mutants) {
    const suiteOf = new Map(suites.flatMap((suite) => suite.cases.map((test) => [test, suite] as const)))
    const played = await playCases([...playable], captures, signal)
    const green: Case[] = []
    for (const test of playable) {
      const result = played.get(test.name)
      const suite = suiteOf.get(test)
      if (result === undefined || suite === undefined) continue
      if ('why' in result) unplayed.push({ name: test.name, why: result.why })
      else {
        if (reference) findContradictions(suite, test, result.finished, findings)
        if (result.finished.outcome === 'pass') green.push(test)
      }
    }
    if (mutants)
      for (const test of await insensitiveCases(green, MUTANTS, captures, signal)) {
        const suite = suiteOf.get(test)
        if (suite !== undefined)
          findings.add(
            'insensitive',
            suite,
            suite.locate(['cases', suite.entryOf(test), 'expect'], 'key'),
            `Whatever of ${MUTANTS.length} things the firewall did wrong, this case would still pass: expect more of it.`,
            test.name,
          )
      }
  }
  return { cases: cases.length, findings: findings.list(), unplayed }
}
