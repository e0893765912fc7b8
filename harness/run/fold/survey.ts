import { Role } from '../../model/codes.ts'
import type { Case } from '../../model/case.ts'
import { aloneBySuite, type FoldFacts } from '../../plan/folding.ts'
import type { Recorded } from '../../timeline/recorded.ts'
import type { Offers } from '../offer.ts'
import { type Happening, mattering, patternOf } from './happenings.ts'
import { aloneByCapture } from './special-addresses.ts'

/**
 * Compiles a case without playing it, for what a plan needs to know. What answers would have led to is not in it; of reactive
 * endpoints it is what was recorded.
 */
export async function surveyCase(offers: Offers, test: Case, recorded: Recorded): Promise<FoldFacts> {
  const alone = aloneBySuite(test) ?? aloneByCapture(recorded)
  const happenings: Happening[] = []
  const hosts: number[] = []
  const { road, timeline } = offers.make({ ...test, endpoints: 'recorded' }, recorded)
  let bytes = 0
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for await (const { packets, events } of road) {
    for (const { before, at, event } of events) happenings.push({ before: hosts.length + before, at, event })
    for (let i = 0; i < packets.count; i++) {
      hosts.push(packets.role[i] === Role.control ? -1 : (packets.host[i] ?? 0))
      bytes += packets.captured[i] ?? 0
      first = Math.min(first, packets.time[i] ?? 0)
      last = Math.max(last, packets.time[i] ?? 0)
    }
  }
  const matter = mattering(happenings, test.setup, (host, from) => hosts.includes(host, from))
  return {
    ...(alone === undefined ? {} : { alone }),
    pattern: patternOf(matter),
    anchor: matter[0]?.at ?? first,
    duration: Math.max(0, last - first),
    packets: hosts.length,
    bytes,
    sessions: timeline.flows.count,
  }
}
