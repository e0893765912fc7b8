import { plainJson } from '../../support/steering.ts'
import type { Changes } from './changes.ts'

/** Schema version of the JSON of a comparison of runs; it changes under the same rules as that of the json report. */
const CHANGES_SCHEMA = 1

export function changesJson(changes: Changes): string {
  return `${plainJson({ schema: CHANGES_SCHEMA, ...changes }, 2)}\n`
}
