import type { RunEvent } from '../model/run-log.ts'
import { plainJson } from '../support/steering.ts'

/** The events as they are, one on each line: the content of the run log. */
export function renderNdjson(events: readonly RunEvent[]): string {
  return [...ndjsonReport(events)].join('')
}

/** The same in pieces. */
export function* ndjsonReport(events: readonly RunEvent[]): Generator<string> {
  for (const event of events) yield `${plainJson(event)}\n`
}
