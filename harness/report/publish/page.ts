import type { RunEvent } from '../../model/run-log.ts'
import { htmlReport } from '../html.ts'

/** Most characters of the cases of a published page; beyond it the packets of cases that passed are only in the log. */
const LARGEST = 15_000_000

/** The page of a published report: with the packets of every case, or, if it would be too large, of those that did not pass. */
export function publishedPage(events: readonly RunEvent[], largest = LARGEST): string {
  return [...htmlReport([events], largest)].join('')
}
