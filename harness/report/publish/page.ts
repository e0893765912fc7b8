import { untraced } from '../../log/kept.ts'
import type { RunEvent } from '../../model/run-log.ts'
import { renderHtml } from '../html.ts'

/** Most bytes of a published page with the packets of cases that passed; beyond it these are only in the log. */
const LARGEST = 15_000_000

/** The page of a published report: with the packets of every case, or, if it would be too large, of those that did not pass. */
export function publishedPage(events: readonly RunEvent[], largest = LARGEST): string {
  const whole = renderHtml(events)
  // It is ASCII: one character is one byte.
  return whole.length <= largest ? whole : renderHtml(events.map(untraced))
}
