import type { Changes } from './changes.ts'

/** Version of the JSON of a comparison of runs: as for the json report. */
export const CHANGES_SCHEMA = 1

export function changesJson(changes: Changes): string {
  return `${JSON.stringify({ schema: CHANGES_SCHEMA, ...changes }, null, 2)}\n`
}
