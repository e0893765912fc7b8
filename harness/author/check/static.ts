import type { Case, Injection } from '../../model/case.ts'
import type { CaptureStore } from '../../run/captures.ts'
import { undoesNothing } from '../../suite/breaks-nothing.ts'
import type { LoadedSuite } from '../../suite/cases.ts'
import { FlowbreakError, messageOf } from '../../support/errors.ts'
import { placeInjections } from '../../timeline/compile.ts'
import type { Recorded } from '../../timeline/recorded.ts'
import type { Findings } from './finding.ts'

/** Expectations that nobody has looked at, one finding for each mark. */
export function findUnreviewed(suites: readonly LoadedSuite[], findings: Findings): void {
  for (const suite of suites)
    for (const test of suite.cases)
      for (const expectation of test.expectations) {
        const { mark } = suite.placeOf(expectation)
        if (mark !== undefined)
          findings.add(
            'unreviewed',
            suite,
            mark,
            'Nobody has looked at what is expected here: hold it against what the firewall is to do, and delete the mark.',
          )
      }
}

/**
 * Cases that do, and expect, the same as an earlier one of their suite, or of another that has the same requirement: one experiment
 * can show two things, each in its own suite.
 */
export function findDuplicates(suites: readonly LoadedSuite[], findings: Findings): void {
  const seen = new Map<string, { readonly suite: LoadedSuite; readonly test: Case }>()
  for (const suite of suites)
    for (const test of suite.cases) {
      const content = contentOf(test)
      const keys = [`${suite.file} ${content}`, `${test.requirement} ${content}`]
      const other = keys.map((key) => seen.get(key)).find((found) => found !== undefined)
      if (other === undefined) {
        for (const key of keys) seen.set(key, { suite, test })
        continue
      }
      const same = other.suite === suite && suite.entryOf(other.test) === suite.entryOf(test)
      findings.add(
        'duplicate',
        suite,
        suite.locate(['cases', suite.entryOf(test)]),
        same
          ? 'An axis of this case changes nothing: leave out the values that give the same case twice.'
          : `This does and expects the same as ${other.test.name} (${other.suite.file}:${other.test.line}): leave one of them out.`,
        test.name,
      )
    }
}

function flowsOf(count: number): string {
  if (count === 0) return 'no flows'
  return count === 1 ? 'flow 0 alone' : `flows 0 to ${count - 1}`
}

function contentOf({
  capture,
  flow,
  endpoints,
  setup,
  injections,
  transparency,
  expectations,
}: Case): string {
  const expected = expectations.map(({ provenance: _, ...rest }) => rest)
  return JSON.stringify([capture, flow, endpoints, setup.key, injections, transparency, expected])
}

/**
 * Cases whose capture does not hold what they break: no such flow, or no such packet. Answers the cases that can be played. Throws
 * what is wrong with a capture itself.
 */
export async function findMissing(
  suites: readonly LoadedSuite[],
  captures: CaptureStore,
  findings: Findings,
): Promise<ReadonlySet<Case>> {
  const playable = new Set<Case>()
  for (const suite of suites)
    for (const test of suite.cases) {
      const at = ['cases', suite.entryOf(test)]
      const recorded = await captures.load(test.capture, test.setup)
      const { count } = recorded.flows
      if (test.flow >= count) {
        findings.add(
          'not-in-capture',
          suite,
          suite.locate([...at, 'flow']),
          `${test.capture} has ${flowsOf(count)}, and no flow ${test.flow}.`,
          test.name,
        )
        continue
      }
      const problems = test.injections.filter((injection, index) => {
        try {
          placeInjections(recorded, [injection], test.flow < 0 ? undefined : test.flow)
          return false
        } catch (thrown) {
          if (!(thrown instanceof FlowbreakError)) throw thrown
          const place = suite.locate([...at, 'inject', index])
          findings.add('not-in-capture', suite, place, messageOf(thrown), test.name)
          return true
        }
      })
      if (problems.length === 0 && !findIdle(suite, test, recorded, findings)) playable.add(test)
    }
  return playable
}

/** Injections whose places in the capture show that there is nothing to undo before them; returns whether there are any. */
function findIdle(suite: LoadedSuite, test: Case, recorded: Recorded, findings: Findings): boolean {
  const placed = placeInjections(recorded, test.injections, test.flow < 0 ? undefined : test.flow).map(
    ({ injection, packet }): Injection => ({ ...injection, at: { packet } }),
  )
  let isIdle = false
  for (const index of placed.keys()) {
    const problem = undoesNothing(placed, index)
    if (problem === undefined) continue
    isIdle = true
    const place = suite.locate(['cases', suite.entryOf(test), 'inject', index])
    findings.add('undoes-nothing', suite, place, problem, test.name)
  }
  return isIdle
}
