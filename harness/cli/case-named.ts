import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type CaseResult, caseResults } from '../log/cases.ts'
import type { CaseFinished, RunEvent } from '../model/run-log.ts'
import { NEEDS_A_LOOK } from '../report/outcomes.ts'
import { FlowbreakError } from '../support/errors.ts'
import { PLACES } from './version.ts'

/** A case of a run log that was played. */
export type PlayedCase = CaseResult & { readonly finished: CaseFinished }

/**
 * The case of a log that a word means: its name, or a part of it that only one case has; of several, the only one that needs a look.
 * Throws `code`.
 */
export function caseNamed(
  events: readonly RunEvent[],
  name: string,
  {
    target,
    log,
    code,
  }: { readonly target?: string | undefined; readonly log: string; readonly code: `ERR_${string}` },
): PlayedCase {
  const all = caseResults(events).filter((result) => target === undefined || result.target === target)
  const exact = all.filter(({ case: test }) => test.name === name)
  const parts = exact.length > 0 ? exact : all.filter(({ case: test }) => test.name.includes(name))
  const looks = parts.filter(({ outcome }) => NEEDS_A_LOOK.has(outcome))
  const [found, another] = parts.length > 1 && looks.length === 1 ? looks : parts
  if (found === undefined) {
    const on = target === undefined ? '' : ` on ${target}`
    throw new FlowbreakError(
      code,
      `${log} has no case ${name}${on}: flowbreak report show ${log} --reporter json names those that it has.`,
    )
  }
  if (another !== undefined)
    throw new FlowbreakError(
      code,
      `${parts.length} cases of ${log} are called like ${name}, as ${found.case.name} on ${found.target}: name one whole, and its --target.`,
    )
  const { finished } = found
  if (finished === undefined)
    throw new FlowbreakError(code, `${found.case.name} was skipped: there is nothing to show.`)
  return { ...found, finished }
}

/** The present path of a file of a run: a log has paths relative to the folder of the run, or to the package. Throws `code`. */
export function fileOfRun(file: string, what: string, code: `ERR_${string}`): string {
  const found = [file, ...PLACES.map((place) => join(place, file))].find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new FlowbreakError(
    code,
    `The ${what} ${file} was not found: change to the folder in which the run was started.`,
  )
}
