import type { Target } from '../model/target.ts'
import { FlowbreakError } from '../support/errors.ts'
import { ReferenceTarget } from './reference/reference.ts'

/** The target of that name; ERR_TARGET_UNKNOWN names those that there are. */
export function getTarget(name: string, version: string): Target {
  if (name === 'reference') return new ReferenceTarget(version)
  throw new FlowbreakError('ERR_TARGET_UNKNOWN', `There is no target ${name}: choose reference.`)
}
