import type { RunEvent } from '../model/run-log.ts'

/** The events as they are, one a line: what the run log holds. */
export function renderNdjson(events: readonly RunEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('')
}
