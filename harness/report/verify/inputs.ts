import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { RunEvent, RunInput } from '../../model/run-log.ts'

/**
 * The suites and captures of a run that are different or missing here, one sentence each. That is no fault of the report, which is about
 * their versions at the time. `find`: the path of a file of that name here.
 */
export function changedInputs(
  events: readonly RunEvent[],
  find: (file: string) => string | undefined,
): readonly string[] {
  const start = events.find((event) => event.type === 'run-started')
  if (start?.suites === undefined) return ['The log does not say of which versions of the suites it is.']
  return [...start.suites, ...(start.captures ?? [])].flatMap((input) => {
    const word = differenceOf(input, find(input.file))
    return word === undefined ? [] : [`${input.file} ${word}.`]
  })
}

function differenceOf({ sha256 }: RunInput, here: string | undefined): string | undefined {
  if (here === undefined) return 'is not here'
  const same = createHash('sha256').update(readFileSync(here)).digest('hex') === sha256
  return same ? undefined : 'is not the version that was run'
}
