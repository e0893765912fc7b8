import { NANOS_PER_SECOND, type Nanos, type PacketBatch } from '../../model/batch.ts'
import type { Case } from '../../model/case.ts'
import { Role } from '../../model/codes.ts'
import type { Capabilities } from '../../model/target.ts'
import { addressedBySetup, aloneBySuite, type FoldFacts, isLarge } from '../../plan/folding.ts'
import { Load } from '../../plan/load.ts'
import type { Recorded } from '../../timeline/recorded.ts'
import type { Offers } from '../offer.ts'
import { type Happening, mattering, patternOf } from './happenings.ts'
import { addressedByCapture } from './special-addresses.ts'

/** Packets as load, in columns: when, how large, and the flow that a packet may open. */
interface Offered {
  readonly at: number[]
  readonly bytes: number[]
  readonly flow: number[]
}

/** Controls belong to no flow of the case, and need an entry of their own. */
const CONTROL = -2

/**
 * What the plan for a target must know of a case, found by compiling the case without playing it. If its packets depend on answers, or
 * if it cannot be compiled (an error of the case once it is played), the recorded packets are taken instead.
 */
export async function surveyCase(
  offers: Offers,
  test: Case,
  recorded: Recorded,
  capabilities: Capabilities,
): Promise<FoldFacts> {
  const apart = addressedByCapture(recorded) ?? addressedBySetup(test.setup)
  const facts = await offeredFacts(offers, test, recorded, capabilities, aloneBySuite(test, capabilities))
  return { ...facts, ...(apart === undefined ? {} : { apart }) }
}

async function offeredFacts(
  offers: Offers,
  test: Case,
  recorded: Recorded,
  capabilities: Capabilities,
  alone: string | undefined,
): Promise<Omit<FoldFacts, 'apart'>> {
  const second = NANOS_PER_SECOND * capabilities.clockScale
  if (test.endpoints === 'reactive' && alone !== undefined)
    return factsOf(recordedPackets(recorded), [], second, alone)
  const happenings: Happening[] = []
  const packets: Offered = { at: [], bytes: [], flow: [] }
  const hosts: number[] = []
  // Missing answers are guessed, as in the first round.
  offers.rounds.reset()
  try {
    for await (const { packets: batch, events } of offers.make(test, recorded).road) {
      for (const { before, at, event } of events)
        happenings.push({ before: hosts.length + before, at, event })
      for (let i = 0; i < batch.count; i++) {
        const control = batch.role[i] === Role.control
        hosts.push(control ? -1 : (batch.host[i] ?? 0))
        push(packets, batch, i, control ? CONTROL : (batch.flow[i] ?? -1))
      }
    }
  } catch {
    return factsOf(recordedPackets(recorded), [], second, alone ?? 'it cannot be compiled')
  }
  const matter = mattering(happenings, test.setup, (host, from) => hosts.includes(host, from))
  return factsOf(packets, matter, second, alone)
}

function factsOf(
  packets: Offered,
  matter: readonly Happening[],
  second: Nanos,
  alone: string | undefined,
): Omit<FoldFacts, 'apart'> {
  const [first] = matter
  const load = new Load(second)
  const flows = new Set<number>()
  const { length } = packets.at
  let bytes = 0
  let begin = Number.POSITIVE_INFINITY
  let end = Number.NEGATIVE_INFINITY
  for (let i = 0; i < length; i++) {
    const at = packets.at[i] ?? 0
    const flow = packets.flow[i] ?? -1
    begin = Math.min(begin, at)
    end = Math.max(end, at)
    bytes += packets.bytes[i] ?? 0
    load.add(at - (first?.at ?? 0), packets.bytes[i] ?? 0, flow !== -1 && !flows.has(flow))
    if (flow !== -1) flows.add(flow)
  }
  load.sessions = flows.size
  const why = alone ?? (isLarge(length, bytes) ? 'it is larger than a fold may be' : undefined)
  return {
    ...(why === undefined ? {} : { alone: why }),
    pattern: patternOf(matter),
    anchor: first?.at ?? begin,
    begin,
    end,
    packets: length,
    bytes,
    load,
  }
}

function recordedPackets({ batch }: Recorded): Offered {
  const packets: Offered = { at: [], bytes: [], flow: [] }
  for (let i = 0; i < batch.count; i++) push(packets, batch, i, batch.flow[i] ?? -1)
  return packets
}

function push({ at, bytes, flow }: Offered, batch: PacketBatch, i: number, of: number): void {
  at.push(batch.time[i] ?? 0)
  bytes.push(batch.captured[i] ?? 0)
  flow.push(of)
}
