import type { Case } from '../../model/case.ts'
import { Role } from '../../model/codes.ts'
import { aloneBySuite, type FoldFacts } from '../../plan/folding.ts'
import type { Recorded } from '../../timeline/recorded.ts'
import type { Offers } from '../offer.ts'
import { type Happening, mattering, patternOf } from './happenings.ts'
import { aloneByCapture } from './special-addresses.ts'

/**
 * What a plan needs to know of a case, from compiling it without playing it. Where what is offered depends on answers, or cannot be
 * compiled (which is the case's error once it is played), it is what was recorded.
 */
export async function surveyCase(offers: Offers, test: Case, recorded: Recorded): Promise<FoldFacts> {
  const alone = aloneBySuite(test) ?? aloneByCapture(recorded)
  if (test.endpoints === 'reactive') return recordedFacts(recorded, alone)
  try {
    const facts = await compiledFacts(offers, test, recorded)
    return alone === undefined ? facts : { ...facts, alone }
  } catch {
    return recordedFacts(recorded, alone ?? 'cannot be compiled')
  }
}

async function compiledFacts(offers: Offers, test: Case, recorded: Recorded): Promise<FoldFacts> {
  const happenings: Happening[] = []
  const hosts: number[] = []
  const { road, timeline } = offers.make(test, recorded)
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
    pattern: patternOf(matter),
    anchor: matter[0]?.at ?? first,
    duration: Math.max(0, last - first),
    packets: hosts.length,
    bytes,
    sessions: timeline.flows.count,
  }
}

function recordedFacts({ batch, flows }: Recorded, alone: string | undefined): FoldFacts {
  const first = batch.time[0] ?? 0
  return {
    ...(alone === undefined ? {} : { alone }),
    pattern: '',
    anchor: first,
    duration: Math.max(0, (batch.time[batch.count - 1] ?? 0) - first),
    packets: batch.count,
    bytes: batch.captured.subarray(0, batch.count).reduce((sum, length) => sum + length, 0),
    sessions: flows.count,
  }
}
