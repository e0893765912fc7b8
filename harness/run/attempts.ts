import type { CaseFinished } from '../model/run-log.ts'
import type { KnownFailures } from '../plan/known-failures.ts'
import { messageOf } from '../support/errors.ts'
import type { Attempt } from './play.ts'

/** A case with the joint outcome of all its attempts. */
export type Judged = Omit<CaseFinished, 'evidence'> & Pick<Attempt, 'evidence'>

export interface AttemptOptions {
  /** How often each case is played; 1 or more. */
  readonly repeat: number
  /** Further attempts at a case that did not pass; if one differs, the case is flaky. */
  readonly retries: number
  readonly signal: AbortSignal
}

/**
 * Plays cases together until each has had its attempts; undefined if the run was interrupted. Cases that are tried again are
 * again played together, without the rest: under the same conditions as far as possible, and with their gaps at the same time. An
 * error thrown by `play` is the error of each of its cases; these are not tried again.
 */
export async function attemptAll<T>(
  cases: readonly T[],
  play: (cases: readonly T[]) => Promise<readonly Attempt[]>,
  { repeat, retries, signal }: AttemptOptions,
): Promise<readonly { readonly entry: T; readonly attempts: readonly Attempt[] }[] | undefined> {
  const all = cases.map((entry) => ({ entry, attempts: [] as Attempt[] }))
  for (let tries = 0; tries < repeat + retries; tries++) {
    const open = all.filter(({ attempts }) => isOpen(attempts, tries < repeat))
    if (open.length === 0) break
    let made: readonly Attempt[]
    try {
      made = await play(open.map(({ entry }) => entry))
    } catch (thrown) {
      if (signal.aborted) return undefined
      made = open.map(() => errorAttempt(messageOf(thrown)))
    }
    for (const [index, { attempts }] of open.entries())
      attempts.push(made[index] ?? errorAttempt('The case was not played.'))
  }
  return all
}

function isOpen(attempts: readonly Attempt[], always: boolean): boolean {
  if (attempts.some(({ outcome }) => outcome === 'error')) return false
  return always || attempts.some(({ outcome }) => outcome !== 'pass')
}

/** The result of a case that could not be played. */
export function errorAttempt(detail: string): Attempt {
  const none = { checked: 0, met: 0 }
  return {
    outcome: 'error',
    detail,
    durationMs: 0,
    tally: { core: none, extended: none, provisional: none },
    mismatches: [],
    counters: [],
  }
}

/** The joint outcome of all attempts: if they differ, the case is flaky; a known failure that passes is an unexpected pass. */
export function judge(
  test: Pick<CaseFinished, 'case' | 'target'>,
  attempts: readonly Attempt[],
  known: KnownFailures,
): Judged {
  const worst = attempts.find(({ outcome }) => outcome !== 'pass') ?? attempts.at(-1) ?? errorAttempt('')
  const result: Judged = { type: 'case-finished', ...test, attempt: attempts.length, ...worst }
  if (new Set(attempts.map(({ outcome }) => outcome)).size > 1) {
    const words = attempts.map(({ outcome }) => outcome).join(', ')
    return { ...result, outcome: 'flaky', detail: `Its ${attempts.length} attempts differed: ${words}.` }
  }
  const entry = known.find(test.case.name)
  if (entry === undefined) return result
  if (result.outcome === 'fail') return { ...result, outcome: 'known-failure', detail: entry.reason }
  if (result.outcome === 'pass')
    return {
      ...result,
      outcome: 'unexpected-pass',
      detail: `It passes, but is listed as a known failure (${entry.reason}): take it off the list.`,
    }
  return result
}
