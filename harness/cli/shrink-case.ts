import { readRunLog } from '../log/read.ts'
import type { Case } from '../model/case.ts'
import { planCases } from '../plan/plan.ts'
import { loadSuites } from '../run/suites.ts'
import type { ProfileInStead } from '../suite/case-setup.ts'
import type { LoadedSuite } from '../suite/cases.ts'
import type { SetupInput } from '../suite/setup/input.ts'
import { asFlowbreakError, FlowbreakError } from '../support/errors.ts'
import { caseNamed, fileOfRun } from './case-named.ts'
import { findLog } from './report-find.ts'
import { PLACES } from './version.ts'

/** A case, and its setup as written. */
export interface WrittenCase {
  readonly test: Case
  readonly setup: SetupInput
}

/** What a run log says about a case. */
export interface LoggedCase {
  readonly name: string
  readonly suite: string
  readonly target: string
  readonly seed: number
}

/** The case of a run that a word means, and what it was played with. Throws ERR_SHRINK, ERR_RUN_NOT_FOUND. */
export async function loggedCase(
  name: string,
  run: string,
  target: string | undefined,
  config: string | undefined,
): Promise<LoggedCase> {
  const log = await findLog(run, config)
  const events = readRunLog(log)
  const found = caseNamed(events, name, { target, log, code: 'ERR_SHRINK' })
  const started = events.find((event) => event.type === 'run-started')
  return {
    name: found.case.name,
    suite: fileOfRun(found.case.file, 'suite', 'ERR_SHRINK'),
    target: found.target,
    seed: started?.seed ?? 1,
  }
}

/**
 * The only case that a word means, in the sense of `run --grep`, in the named suites, or else in all. Throws ERR_NOTHING_MATCHED,
 * and ERR_SHRINK if there are several.
 */
export function caseOf(
  name: string,
  suites: readonly string[],
  stead: ProfileInStead | undefined,
): WrittenCase {
  const own = suites.length > 0 ? undefined : suiteOfName(name, stead)
  const loaded = own ?? loadSuites(suites, PLACES, stead)
  const { cases } = planCases(loaded)
  const exact = cases.filter((test) => test.name === name)
  const found = exact.length > 0 ? exact : planCases(loaded, { grep: [name] }).cases
  const [test] = found
  if (test === undefined)
    throw new FlowbreakError(
      'ERR_NOTHING_MATCHED',
      `None of ${cases.length} cases is called ${name}: flowbreak suite list names them.`,
    )
  if (found.length > 1)
    throw new FlowbreakError(
      'ERR_SHRINK',
      `${found.length} cases are called like ${name}, as ${test.name}: name one whole.`,
    )
  const setup = loaded.map(({ setups }) => setups.get(test.setup.key)).find((each) => each !== undefined)
  return { test, setup: setup ?? {} }
}

/** The suite that a full name begins with, which saves reading the others. */
function suiteOfName(name: string, stead: ProfileInStead | undefined): readonly LoadedSuite[] | undefined {
  const words = name.split('/')
  for (let length = words.length - 1; length > 0; length--) {
    try {
      const loaded = loadSuites([words.slice(0, length).join('/')], PLACES, stead)
      if (loaded.some(({ cases }) => cases.some((test) => test.name === name))) return loaded
    } catch (thrown) {
      if (asFlowbreakError(thrown)?.code !== 'ERR_SUITE_NOT_FOUND') throw thrown
    }
  }
  return undefined
}
