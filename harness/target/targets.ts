import type { Target } from '../model/target.ts'
import { FlowbreakError } from '../support/errors.ts'
import { type ReferenceTaps, ReferenceTarget } from './reference/reference.ts'

/** Names of the targets that there are. */
export const TARGETS: readonly string[] = ['reference']

/**
 * The target of that name; ERR_TARGET_UNKNOWN names those that there are. `taps`: of the reference, which alone tells what a
 * device's log would.
 */
export function getTarget(name: string, version: string, taps?: ReferenceTaps): Target {
  if (name === 'reference') return new ReferenceTarget(version, taps)
  throw new FlowbreakError(
    'ERR_TARGET_UNKNOWN',
    `There is no target ${name}: choose ${TARGETS.join(' or ')}.`,
  )
}
