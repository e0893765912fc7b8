import { dirname } from 'node:path'
import { readRunLog } from '../../log/read.ts'
import type { RunEvent } from '../../model/run-log.ts'
import { messageOf } from '../../support/errors.ts'
import { isPublished } from '../publish/published.ts'
import { checkEvidence } from './evidence.ts'
import type { Finding } from './finding.ts'
import { checkGrades, type Regrade } from './grades.ts'
import { changedInputs } from './inputs.ts'
import { checkSeal, checkTotals } from './log.ts'
import { checkFiles, checkRendered } from './published.ts'

export interface Verified {
  readonly log: string
  readonly published: boolean
  /** The number of cases graded again. */
  readonly graded: number
  /** Empty: the report is correct. */
  readonly findings: readonly Finding[]
  /** Suites and captures that have changed here since. */
  readonly notes: readonly string[]
}

/**
 * Checks a run log, and the published report that it belongs to, if any: its schema, its seal, its totals, every case
 * graded again from the observations, and the files made from it. Damage is a finding, never thrown.
 */
export function verifyRun(
  log: string,
  { regrade, find }: { readonly regrade: Regrade; readonly find: (file: string) => string | undefined },
): Verified {
  const folder = dirname(log)
  const published = isPublished(folder)
  const findings: Finding[] = published ? [...checkFiles(folder)] : []
  let events: readonly RunEvent[]
  try {
    findings.push(...checkSeal(log))
    events = readRunLog(log)
  } catch (thrown) {
    findings.push({ check: 'log', message: messageOf(thrown) })
    return { log, published, graded: 0, findings, notes: [] }
  }
  const { graded, findings: wrong } = checkGrades(events, regrade)
  const all = [
    ...findings,
    ...checkTotals(events),
    ...wrong,
    ...checkEvidence(folder, events),
    ...(published ? checkRendered(folder, events) : []),
  ]
  return { log, published, graded, findings: all, notes: changedInputs(events, find) }
}
