import { caseResults } from '../log/cases.ts'
import type { Case } from '../model/case.ts'
import type { RunEvent } from '../model/run-log.ts'
import { type KnownFailures, NO_KNOWN_FAILURES } from '../plan/known-failures.ts'
import { loadKnownFailures } from '../plan/read-known-failures.ts'

/** The known failures of a file that an option names. Throws ERR_KNOWN_FAILURES. */
export function knownFailuresOf(file: string | undefined): KnownFailures {
  return file === undefined
    ? NO_KNOWN_FAILURES
    : loadKnownFailures(file, new Date().toISOString().slice(0, 10))
}

/** Warnings before a run about entries that name none of its cases, or have expired, so that the list does not become outdated. */
export function* pointless(known: KnownFailures, cases: readonly Case[]): Generator<RunEvent> {
  for (const { pattern } of known.unmatched(cases.map(({ name }) => name)))
    yield {
      type: 'warning',
      code: 'WARN_KNOWN_FAILURE_UNMATCHED',
      message: `The known failure ${pattern} matches no case of this run.`,
    }
  for (const { pattern, expires } of known.expired)
    yield {
      type: 'warning',
      code: 'WARN_KNOWN_FAILURE_EXPIRED',
      message: `The known failure ${pattern} was excused until ${expires}; that date has passed.`,
    }
}

/** Warnings after a run about entries whose cases were played on no target, so that it is not known whether they still fail. */
export function* unneeded(known: KnownFailures, events: readonly RunEvent[]): Generator<RunEvent> {
  const results = caseResults(events)
  const names = (of: typeof results) => of.map((result) => result.case.name)
  const told = results.filter(({ outcome }) => outcome !== 'skipped' && outcome !== 'error')
  const unnamed = new Set(known.unmatched(names(results)))
  for (const entry of known.unmatched(names(told)))
    if (!unnamed.has(entry))
      yield {
        type: 'warning',
        code: 'WARN_KNOWN_FAILURE_UNNEEDED',
        message: `The known failure ${entry.pattern} excuses nothing: none of the cases that it names was played.`,
      }
}
