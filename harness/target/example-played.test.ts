import { expect } from 'chai'
import type { Case } from '../model/case.ts'
import type { CaseFinished } from '../model/run-log.ts'
import type { Target } from '../model/target.ts'
import { NO_KNOWN_FAILURES } from '../plan/known-failures.ts'
import { CaptureStore } from '../run/captures.ts'
import { runCases } from '../run/pipeline.ts'

export interface Told {
  /** With the reason, if the case was inconclusive. */
  readonly outcome: string
  readonly verdict: string
  readonly emitted: readonly string[]
}

/** What a target made of each case, by its name; it is to be able to play them all. */
export async function played(
  target: Target,
  cases: readonly Case[],
  repeat = 1,
  seed = 1,
): Promise<Map<string, Told>> {
  const { told, problems } = await tried(target, cases, repeat, seed)
  expect(problems).to.deep.equal([])
  return new Map(
    [...told].map(([name, { outcome, detail, trace }]) => {
      const { verdict = '', emitted = [] } = trace ?? {}
      const texts = emitted.map(({ index, kind, to, acceptable }) => `${index} ${kind} ${to} ${acceptable}`)
      const said = outcome === 'inconclusive' ? `${outcome}: ${detail}` : outcome
      return [name, { outcome: said, verdict, emitted: texts.sort() }]
    }),
  )
}

/** That two targets made the same of each case; of those that differ it shows how. */
export function expectSame(told: ReadonlyMap<string, Told>, expected: ReadonlyMap<string, Told>): void {
  const other = [...new Set([...told.keys(), ...expected.keys()])].filter(
    (name) => JSON.stringify(told.get(name)) !== JSON.stringify(expected.get(name)),
  )
  const those = (map: ReadonlyMap<string, Told>) =>
    Object.fromEntries(other.map((name) => [name, map.get(name)]))
  expect(those(told)).to.deep.equal(those(expected))
}

/** The same, where it may break or lack something: what came of each case, what else was said, and what it called itself. */
export async function tried(target: Target, cases: readonly Case[], repeat = 1, seed = 1) {
  const told = new Map<string, CaseFinished>()
  const problems: string[] = []
  let version = ''
  await runCases({
    cases: () => cases,
    captures: new CaptureStore(),
    targets: [target],
    seed,
    repeat,
    retries: 0,
    bail: false,
    fold: 'auto',
    knownFailures: NO_KNOWN_FAILURES,
    signal: new AbortController().signal,
    emit: (event) => {
      if (event.type === 'case-finished') told.set(event.case.name, event)
      else if (event.type === 'target-failed') problems.push(event.message)
      else if (event.type === 'case-skipped') problems.push(`${event.case.name} lacks ${event.lacks}`)
      else if (event.type === 'target-ready') version = event.version
    },
  })
  return { told, problems, version }
}
