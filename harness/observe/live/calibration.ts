import { Kind, nameOf, Reason } from '../../model/codes.ts'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import { isIcmpError } from '../../wire/icmp.ts'
import type { LiveLimits } from './limits.ts'
import type { Matcher } from './matcher.ts'
import type { Roads } from './roads.ts'
import type { Waiting } from './waiting.ts'

interface CalibrationParts {
  readonly hosts: readonly string[]
  readonly families: readonly ('ipv4' | 'ipv6')[]
  readonly waiting: Waiting
  readonly roads: Roads
  readonly matcher: Matcher
  readonly limits: LiveLimits
}

/** Controls by each road and family, one after the other. */
const ROUNDS = 4
/** Whatever comes out takes, at worst, so many times as long as the slowest control did. */
const LATE = 8

const SIDES = ['client', 'server'] as const

/**
 * Proves the wires before anything is graded: what is sent on an arm comes out by the other arm of the same host and nowhere else,
 * the harness does not hear itself, and its kernel does not answer what comes out. Answers the lateness learned, in nanoseconds;
 * throws ERR_CALIBRATION with what is wrong.
 */
export async function calibrateWires(parts: CalibrationParts, signal: AbortSignal): Promise<number> {
  const { hosts, families, waiting, roads, matcher, limits } = parts
  const words = (arm: number) => `the ${SIDES[arm & 1]} arm of ${hosts[arm >> 1] ?? 'no host'}`
  const answers = new Set<number>()
  matcher.stranger = (seen, i, arm) => {
    const kind = seen.kind[i] ?? Kind.other
    // A device may look for its neighbours and groups meanwhile; an answer to a datagram is an error, or a reset.
    const type = seen.bytes[seen.l4[i] ?? -1] ?? 0
    const isError = (kind === Kind.icmp4 || kind === Kind.icmp6) && isIcmpError(type, kind === Kind.icmp6)
    if (isError || kind === Kind.tcp4 || kind === Kind.tcp6) answers.add(arm)
  }
  roads.slowest = 0
  try {
    for (let round = 0; round < ROUNDS; round++)
      for (const family of families)
        for (let road = 0; road < hosts.length * 2; road++) {
          const came = await waiting.travels([road], family, limits.marker, signal)
          const astray = roads.misled.find((each) => each.road === road)
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
              `A control over ${family} that is sent by ${words(road)} does not come out: the device is dead or deaf there, or does not let ${family} datagrams between the addresses of controls pass.`,
            )
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

function wrong(message: string): FlowbreakError {
  return new FlowbreakError('ERR_CALIBRATION', message, { exitCode: ExitCode.broken })
}
