import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunEvent } from '../../model/run-log.ts'
import { EVIDENCE } from '../publish/publish.ts'
import type { Finding } from './finding.ts'

/** Whether the evidence beside a log is what it is called by (the SHA-256 of its content), and all that the log speaks of is there. */
export function checkEvidence(folder: string, events: readonly RunEvent[]): readonly Finding[] {
  const place = join(folder, EVIDENCE)
  const findings: Finding[] = []
  for (const name of existsSync(place) ? readdirSync(place) : []) {
    const [, digest] = /^([0-9a-f]{64})\./.exec(name) ?? []
    if (digest === undefined) continue
    if (
      createHash('sha256')
        .update(readFileSync(join(place, name)))
        .digest('hex') !== digest
    )
      findings.push({ check: 'evidence', message: `${EVIDENCE}/${name} does not hold what it is called by.` })
  }
  for (const event of events) {
    const file = event.type === 'case-finished' && 'evidence' in event ? event.evidence : undefined
    if (typeof file === 'string' && !existsSync(join(folder, file)))
      findings.push({
        check: 'evidence',
        message: `${file}, of ${event.type === 'case-finished' ? event.case.name : ''}, is missing.`,
      })
  }
  return findings
}
