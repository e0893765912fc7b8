import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import {
  EVIDENCE_CAPTURE,
  EVIDENCE_CONFIGURATION,
  EVIDENCE_LOG,
  EVIDENCE_TIMELINE,
  writeEvidence,
} from '../../log/evidence.ts'
import type { CaseFinished } from '../../model/run-log.ts'
import type { Setup } from '../../model/setup.ts'
import { NEEDS_A_LOOK } from '../../report/outcomes.ts'
import type { Judged } from '../attempts.ts'
import { timelineText } from './timeline.ts'

/** The cases whose frames are written out. */
export const EVIDENCE_CHOICES = ['failed', 'all', 'none'] as const
export type EvidenceChoice = (typeof EVIDENCE_CHOICES)[number]

export interface EvidenceOptions {
  readonly of: Exclude<EvidenceChoice, 'none'>
  /** A folder beside the log. */
  readonly folder: string
}

/** What a case was played on. */
export interface PlayedOn {
  /** The target's version. */
  readonly version: string
  readonly setup: Setup
}

/**
 * Writes the evidence folder of a case, if it is wanted, and returns the case with the path of its frames. The folder also has the
 * timeline, the configuration, and what the devices had recorded. Throws ERR_CAPTURE_WRITE.
 */
export function withEvidence(
  judged: Judged,
  options: EvidenceOptions | undefined,
  on: PlayedOn | undefined,
): CaseFinished {
  const { evidence, ...finished } = judged
  const { trace, collected } = finished
  if (evidence === undefined || options === undefined || trace === undefined) return finished
  if (options.of === 'failed' && !NEEDS_A_LOOK.has(finished.outcome)) return finished
  const frames = evidence()
  const name = writeEvidence(options.folder, frames, {
    [EVIDENCE_TIMELINE]: timelineText(finished, trace, frames),
    [EVIDENCE_CONFIGURATION]: configurationText(finished, on),
    ...(collected === undefined
      ? {}
      : { [EVIDENCE_LOG]: readFileSync(join(dirname(options.folder), collected), 'utf8') }),
  })
  return { ...finished, evidence: `${basename(options.folder)}/${name}/${EVIDENCE_CAPTURE}` }
}

function configurationText({ case: test, target }: CaseFinished, on: PlayedOn | undefined): string {
  const { name, requirement, axes, capture, flow, endpoints, policy, profile, injections = [] } = test
  const configuration = {
    case: name,
    requirement,
    axes,
    target: { name: target, version: on?.version },
    capture,
    flow,
    endpoints,
    policy,
    profile,
    injections,
    setup: on?.setup,
  }
  return `${JSON.stringify(configuration, null, 2)}\n`
}
