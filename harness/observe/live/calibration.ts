import type { PacketBatch } from '../../model/batch.ts'
import { Kind, nameOf, Reason } from '../../model/codes.ts'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import { findQuote, type Quote } from '../../wire/icmp.ts'
import { datagramEnd, sourceAt } from '../../wire/ip.ts'
import type { ControlEnds } from './control-ends.ts'
import type { LiveLimits } from './limits.ts'
import type { Matcher } from './matcher.ts'
import type { Roads } from './roads.ts'
import type { Waiting } from './waiting.ts'

interface CalibrationParts {
  readonly hosts: readonly string[]
  readonly families: readonly ('ipv4' | 'ipv6')[]
  readonly ends: ControlEnds
  readonly waiting: Waiting
  readonly roads: Roads
  readonly matcher: Matcher
  readonly limits: LiveLimits
}

/** Controls on each road in each family, one after the other. */
const ROUNDS = 4
/** The first control that shows how long packets take: before it, neighbours are still resolved, which may take a second. */
const FIRST_TIMED = 1
/** Controls on one road that may get lost, as datagrams do, before it counts as dead. */
const TRIES = 2
/** The lateness, as a multiple of the time of the slowest control. */
const LATE = 8

const SIDES = ['client', 'server'] as const

/**
 * Proves the wires before anything is graded: a packet sent on an arm comes out by the other arm of the same host and nowhere else,
 * the harness does not hear itself, and its kernel does not answer packets that come out. Returns the lateness learned, in nanoseconds;
 * throws ERR_CALIBRATION with what is wrong.
 */
export async function calibrateWires(parts: CalibrationParts, signal: AbortSignal): Promise<number> {
  const { hosts, families, ends, waiting, roads, matcher, limits } = parts
  const words = (arm: number) => `the ${SIDES[arm & 1]} arm of ${hosts[arm >> 1] ?? 'no host'}`
  const answers = new Set<number>()
  matcher.stranger = (seen, i, arm) => {
    if (isAnswer(seen, i, ends)) answers.add(arm)
  }
  try {
    for (let round = 0; round < ROUNDS; round++) {
      if (round === FIRST_TIMED) roads.slowest = 0
      for (const family of families)
        for (let road = 0; road < hosts.length * 2; road++) {
          const misled = () => roads.misled.find((each) => each.road === road)
          let came = false
          for (let tries = 0; tries < TRIES && !came; tries++) {
            came = await waiting.travels([road], family, limits.marker, signal)
            if (misled() !== undefined || matcher.refused.has(road)) break
          }
          const astray = misled()
          if (astray?.arm === road)
            throw wrong(`What is sent by ${words(road)} is heard there again: the harness hears itself.`)
          if (astray !== undefined)
            throw wrong(
              `What is sent by ${words(road)} comes out by ${words(astray.arm)}: arms are exchanged.`,
            )
          const refused = matcher.refused.get(road)
          if (!came && refused !== undefined)
            throw wrong(
              `A control over ${family} that is sent by ${words(road)} is not taken back by the load balancer (${nameOf(Reason, refused)}): the host has to return what it forwards in the tunnel that it came in.`,
            )
          if (!came)
            throw wrong(
              `A control over ${family} that is sent by ${words(road)} does not come out: the device is dead or deaf there, or does not let ${family} datagrams between the addresses of cases pass.`,
            )
        }
    }
  } finally {
    matcher.stranger = undefined
  }
  const [answered] = answers
  if (answered !== undefined)
    throw wrong(
      `Controls are answered by something at ${words(answered)}: the harness's kernel must have no address on its arms.`,
    )
  return Math.min(limits.mostLateness, Math.max(limits.leastLateness, roads.slowest * LATE))
}

/** Whether packet `i` is a kernel's answer to a datagram for a port on which nobody listens; devices may send other ICMP errors. */
function isAnswer(seen: PacketBatch, i: number, ends: ControlEnds): boolean {
  const kind = seen.kind[i]
  const l4 = seen.l4[i] ?? -1
  if ((kind !== Kind.icmp4 && kind !== Kind.icmp6) || l4 < 0) return false
  const six = kind === Kind.icmp6
  const quote: Quote = { l3: -1, l4: -1, protocol: 0 }
  if (!findQuote(seen.bytes, l4, datagramEnd(seen.bytes, seen.l3[i] ?? 0), six, quote)) return false
  const from = sourceAt(seen.bytes, quote.l3)
  return ends[six ? 'ipv6' : 'ipv4'].some((end) => end.every((byte, at) => seen.bytes[from + at] === byte))
}

function wrong(message: string): FlowbreakError {
  return new FlowbreakError('ERR_CALIBRATION', message, { exitCode: ExitCode.broken })
}
