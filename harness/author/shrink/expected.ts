import { verdictOfLetter } from '../../grade/letters.ts'
import { checkPackets } from '../../grade/packets.ts'
import type { Case, PacketExpectation } from '../../model/case.ts'
import type { CaseTrace } from '../../model/run-log.ts'
import { FlowbreakError } from '../../support/errors.ts'
import type { Shrunk } from './shrink.ts'

/** The case without what is expected of packets that are offered no more. */
export function offeredCase({ trial: { test }, attempts }: Shrunk): Case {
  const trace = attempts[0]?.trace
  const isOffered = (expectation: PacketExpectation) =>
    trace !== undefined &&
    checkPackets(expectation, { flow: test.flow, trace }).mismatches[0]?.observed !== NOTHING
  const expectations = test.expectations.filter((each) => each.kind !== 'packets' || isOffered(each))
  return { ...test, expectations }
}

const NOTHING = 'nothing offered'

/**
 * The case that wants of the packet which two targets disagree about what the first of them did, so that the second fails it. Throws
 * ERR_SHRINK where no suite can name that packet.
 */
export function agreedCase(
  { trial: { test }, attempts, difference }: Shrunk,
  targets: readonly string[],
): Case {
  const [trace, other] = attempts.map((attempt) => attempt.trace)
  const index = difference.index ?? 0
  const [one, another] = [trace, other].map((each) => verdictOfLetter(each?.verdict[index]))
  const named = trace === undefined ? undefined : placeOf(trace, index, test.flow)
  if (one === undefined || another === undefined || named === undefined)
    throw new FlowbreakError(
      'ERR_SHRINK',
      `${targets.join(' and ')} disagree about a packet of ${test.name} that no suite can name (an injected one, or of another flow), so nothing is written.`,
    )
  const where = `what target ${targets[0]} did when ${targets[1]} did otherwise`
  const expectation: PacketExpectation = {
    kind: 'packets',
    ...named,
    conforms: [one],
    tolerated: [],
    level: 'extended',
    provenance: { mark: 'RUN', where },
  }
  return { ...test, expectations: [expectation] }
}

/** How a suite names a packet: by its number, or, of those that an injection made, as the first of a phase and direction. */
function placeOf(
  trace: CaseTrace,
  index: number,
  tested: number,
): Pick<PacketExpectation, 'phase' | 'direction' | 'which'> | undefined {
  const phase = trace.phases[trace.phase[index] ?? 0] ?? ''
  const number = trace.number[index] ?? 0
  const direction = trace.direction[index] === '<' ? 's2c' : 'c2s'
  const isTested = tested < 0 || trace.flow[index] === tested
  if (number > 0) return isTested ? { phase, direction, which: number } : undefined
  const earlier = trace.phase.findIndex(
    (each, at) => each === trace.phase[index] && trace.direction[at] === trace.direction[index],
  )
  return earlier === index ? { phase, direction, which: 'first' } : undefined
}
