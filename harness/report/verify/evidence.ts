import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { COLLECTED, EVIDENCE, EVIDENCE_SUMS, evidenceSums } from '../../log/evidence.ts'
import type { RunEvent } from '../../model/run-log.ts'
import type { Finding } from './finding.ts'

/**
 * Checks that files beside a log match their names (the SHA-256 of their content or its first half; for a folder, of its list of
 * hashes), and that everything the log names is there.
 */
export function checkEvidence(folder: string, events: readonly RunEvent[]): readonly Finding[] {
  const findings: Finding[] = []
  for (const place of [EVIDENCE, COLLECTED])
    for (const name of existsSync(join(folder, place)) ? readdirSync(join(folder, place)) : []) {
      const [, digest] = /^([0-9a-f]{64}|[0-9a-f]{32})(?:\.\w+)?$/.exec(name) ?? []
      const problem = digest === undefined ? undefined : problemOf(join(folder, place, name), digest)
      if (problem !== undefined) findings.push({ check: 'evidence', message: `${place}/${name} ${problem}.` })
    }
  for (const event of events) {
    if (event.type !== 'case-finished') continue
    // What devices had recorded is not published, except what is in the folder of a case.
    const collected = existsSync(join(folder, COLLECTED)) ? event.collected : undefined
    for (const file of [event.evidence, collected])
      if (file !== undefined && !existsSync(join(folder, file)))
        findings.push({ check: 'evidence', message: `${file}, of ${event.case.name}, is missing.` })
  }
  return findings
}

function problemOf(path: string, digest: string): string | undefined {
  if (!statSync(path).isDirectory())
    return hashOf(readFileSync(path)).startsWith(digest) ? undefined : 'does not hold what it is called by'
  const list = join(path, EVIDENCE_SUMS)
  if (!existsSync(list)) return `lacks ${EVIDENCE_SUMS}`
  const listed = readFileSync(list, 'utf8')
  if (!hashOf(listed).startsWith(digest)) return `has another ${EVIDENCE_SUMS} than it is called by`
  const found = evidenceSums(path)
  if (found === listed) return undefined
  const lines = new Set(found.split('\n'))
  const wrong = listed.split('\n').find((line) => line !== '' && !lines.has(line))
  if (wrong === undefined) return 'holds files that were not written with it'
  const name = wrong.slice(66)
  return existsSync(join(path, name)) ? `has another ${name} than was written` : `lacks ${name}`
}

function hashOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}
