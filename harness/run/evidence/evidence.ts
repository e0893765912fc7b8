import { basename } from 'node:path'
import { writeEvidence } from '../../log/evidence.ts'
import type { CaseFinished } from '../../model/run-log.ts'
import { NEEDS_A_LOOK } from '../../report/outcomes.ts'
import type { Judged } from '../attempts.ts'

/** Of which cases frames are written out. */
export const EVIDENCE_CHOICES = ['failed', 'all', 'none'] as const
export type EvidenceChoice = (typeof EVIDENCE_CHOICES)[number]

export interface EvidenceOptions {
  readonly of: Exclude<EvidenceChoice, 'none'>
  /** A folder beside the log. */
  readonly folder: string
}

/** Writes the frames of a case out where that was asked for, and says where. Throws ERR_CAPTURE_WRITE. */
export function withEvidence(judged: Judged, options: EvidenceOptions | undefined): CaseFinished {
  const { evidence, ...finished } = judged
  if (evidence === undefined || options === undefined) return finished
  if (options.of === 'failed' && !NEEDS_A_LOOK.has(finished.outcome)) return finished
  return { ...finished, evidence: `${basename(options.folder)}/${writeEvidence(options.folder, evidence())}` }
}
