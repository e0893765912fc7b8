import { checkSeals } from '../../log/seal.ts'
import { summarise } from '../../log/summary.ts'
import { OUTCOMES, type RunEvent } from '../../model/run-log.ts'
import type { Finding } from './finding.ts'

/** Checks by its seals that the bytes of a log are those that were written. */
export function checkSeal(log: string): readonly Finding[] {
  const { broken, sealed } = checkSeals(log)
  const findings = broken.map((line) => ({
    check: 'seal',
    message: `The seal in line ${line} does not hold: something up to there is not as it was written.`,
  }))
  if (!sealed && broken.length === 0)
    findings.push({ check: 'seal', message: 'The log does not end in the seal of a run that is over.' })
  return findings
}

/** Checks that the end of a run agrees with its events. */
export function checkTotals(events: readonly RunEvent[]): readonly Finding[] {
  const end = events.findLast((event) => event.type === 'run-finished')
  if (end === undefined)
    return [{ check: 'end', message: 'The run has no end: it was killed, or still runs.' }]
  const { totals, exitCode, cases, planned, reason } = summarise(events)
  const findings: Finding[] = []
  for (const outcome of OUTCOMES)
    if (end.totals[outcome] !== totals[outcome])
      findings.push({
        check: 'totals',
        message: `The end of the run counts ${end.totals[outcome]} of outcome ${outcome}, and its cases come to ${totals[outcome]}.`,
      })
  if (end.exitCode !== exitCode)
    findings.push({
      check: 'totals',
      message: `The end of the run has exit code ${end.exitCode}, and its cases come to ${exitCode}.`,
    })
  if (reason === 'completed' && cases < planned)
    findings.push({
      check: 'totals',
      message: `The run says that it was completed, and has ${cases} of ${planned} cases.`,
    })
  return findings
}
