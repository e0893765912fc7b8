import { untraced } from '../../log/kept.ts'
import type { RunEvent } from '../../model/run-log.ts'
import { renderHtml } from '../html.ts'

/** Bytes that a published page may have before the packets of cases that passed are left to the log. */
const LARGEST = 15_000_000

/** The page of a published report: with the packets of every case, or, where it would be too large, of those that did not pass. */
export function publishedPage(events: readonly RunEvent[], largest = LARGEST): string {
  const whole = renderHtml(events)
  // It is ASCII: a letter is a byte.
  return whole.length <= largest ? whole : renderHtml(events.map(untraced))
}
