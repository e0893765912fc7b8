import type { Case } from '../model/case.ts'
import type { CaseFinished, RunEvent } from '../model/run-log.ts'
import type { Target } from '../model/target.ts'
import { NO_KNOWN_FAILURES } from '../plan/known-failures.ts'
import type { CaptureStore } from '../run/captures.ts'
import { runCases } from '../run/pipeline.ts'
import { getTarget } from '../target/targets.ts'

/** What came of a case: how it was played, or why it was not. */
export type Played = { readonly finished: CaseFinished } | { readonly why: string }

/**
 * Plays cases through the reference (or through `target`) as `run` does, once each, and answers what came of each by its name.
 * Throws what is wrong with a capture, a rule or a position.
 */
export async function playCases(
  cases: readonly Case[],
  captures: CaptureStore,
  signal: AbortSignal,
  target: Target = getTarget('reference', ''),
): Promise<ReadonlyMap<string, Played>> {
  const played = new Map<string, Played>()
  const emit = (event: RunEvent): void => {
    if (event.type === 'case-skipped')
      played.set(event.case.name, { why: `the reference lacks ${event.lacks}` })
    if (event.type !== 'case-finished') return
    const { outcome, detail = '', trace } = event
    const isPlayed = trace !== undefined && outcome !== 'error' && outcome !== 'inconclusive'
    played.set(event.case.name, isPlayed ? { finished: event } : { why: detail })
  }
  await runCases({
    cases: () => cases,
    captures,
    targets: [target],
    seed: 1,
    fold: 'auto',
    repeat: 1,
    retries: 0,
    bail: false,
    knownFailures: NO_KNOWN_FAILURES,
    signal,
    emit,
  })
  signal.throwIfAborted()
  return played
}
