import { NANOS_PER_SECOND, type Nanos } from '../../model/batch.ts'
import type { Case } from '../../model/case.ts'
import { Role } from '../../model/codes.ts'
import type { Capabilities } from '../../model/target.ts'
import { LOAD_BALANCER_COUNTERS } from '../../path/counts.ts'
import { addressedBySetup, aloneBySuite, type FoldFacts } from '../../plan/folding.ts'
import { Load } from '../../plan/load.ts'
import type { Recorded } from '../../timeline/recorded.ts'
import type { Offers } from '../offer.ts'
import { type Happening, mattering, patternOf } from './happenings.ts'
import { addressedByCapture } from './special-addresses.ts'

/** A packet as load: when, how large, and of which flow, where it may open it. */
type Offered = readonly [at: Nanos, bytes: number, flow: number]

/** Controls are of no flow of the case, and take an entry of their own. */
const CONTROL = -2

/**
 * What a plan for a target needs to know of a case, from compiling it without playing it. Where what is offered depends on answers, or
 * cannot be compiled (which is the case's error once it is played), it is what was recorded.
 */
export async function surveyCase(
  offers: Offers,
  test: Case,
  recorded: Recorded,
  capabilities: Capabilities,
): Promise<FoldFacts> {
  const captured = addressedByCapture(recorded)
  const alone = aloneBySuite(test, capabilities, LOAD_BALANCER_COUNTERS) ?? captured
  const addressed = captured !== undefined || addressedBySetup(test.setup) !== undefined
  return { ...(await offeredFacts(offers, test, recorded, capabilities, alone)), addressed }
}

async function offeredFacts(
  offers: Offers,
  test: Case,
  recorded: Recorded,
  capabilities: Capabilities,
  alone: string | undefined,
): Promise<Omit<FoldFacts, 'addressed'>> {
  const second = NANOS_PER_SECOND * capabilities.clockScale
  if (test.endpoints === 'reactive') return factsOf(recordedPackets(recorded), [], second, alone)
  const happenings: Happening[] = []
  const packets: Offered[] = []
  const hosts: number[] = []
  try {
    for await (const { packets: batch, events } of offers.make(test, recorded).road) {
      for (const { before, at, event } of events)
        happenings.push({ before: hosts.length + before, at, event })
      for (let i = 0; i < batch.count; i++) {
        const control = batch.role[i] === Role.control
        hosts.push(control ? -1 : (batch.host[i] ?? 0))
        packets.push([batch.time[i] ?? 0, batch.captured[i] ?? 0, control ? CONTROL : (batch.flow[i] ?? -1)])
      }
    }
  } catch {
    return factsOf(recordedPackets(recorded), [], second, alone ?? 'it cannot be compiled')
  }
  const matter = mattering(happenings, test.setup, (host, from) => hosts.includes(host, from))
  return factsOf(packets, matter, second, alone)
}

function factsOf(
  packets: readonly Offered[],
  matter: readonly Happening[],
  second: Nanos,
  alone: string | undefined,
): Omit<FoldFacts, 'addressed'> {
  const pattern = patternOf(matter)
  const [first] = matter
  const load = new Load(second)
  const flows = new Set<number>()
  let bytes = 0
  let begin = Number.POSITIVE_INFINITY
  let end = Number.NEGATIVE_INFINITY
  for (const [at, length, flow] of packets) {
    begin = Math.min(begin, at)
    end = Math.max(end, at)
    bytes += length
    load.add(at - (first?.at ?? 0), length, flow !== -1 && !flows.has(flow))
    if (flow !== -1) flows.add(flow)
  }
  load.sessions = flows.size
  return {
    ...(alone === undefined ? {} : { alone }),
    pattern,
    anchor: first?.at ?? begin,
    begin,
    end,
    packets: packets.length,
    bytes,
    load,
  }
}

function recordedPackets({ batch }: Recorded): readonly Offered[] {
  return Array.from({ length: batch.count }, (_, i) => [
    batch.time[i] ?? 0,
    batch.captured[i] ?? 0,
    batch.flow[i] ?? -1,
  ])
}
