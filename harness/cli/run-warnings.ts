import type { RunEvent } from '../model/run-log.ts'
import type { KnownFailures } from '../plan/known-failures.ts'
import { modelWarnings } from '../run/model-warnings.ts'
import { weakWarnings } from '../run/weak-warnings.ts'
import type { RunCases } from './run-cases.ts'
import { pointless } from './run-known-failures.ts'

/** Warnings at the beginning of a run: known failures that name nothing, weakly founded expectations, and models that follow documents alone. */
export function* openingWarnings(known: KnownFailures, { cases, casesBy }: RunCases): Generator<RunEvent> {
  yield* pointless(known, cases)
  yield* weakWarnings(cases)
  for (const [target, modelled] of casesBy) if (target.name === 'reference') yield* modelWarnings(modelled)
}
