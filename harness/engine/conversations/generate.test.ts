import { ANOMALIES } from './anomalies.test.ts'
import type { Conversation } from './conversation.test.ts'
import { close } from './ending.test.ts'
import { exchange } from './exchange.test.ts'
import { endsOf } from './frames.test.ts'
import { open } from './opening.test.ts'
import { datagrams, echoes, icmpError } from './pseudo.test.ts'
import { chance, dice, pick } from './random.test.ts'
import { Talk } from './talk.test.ts'

export interface ConversationOptions {
  /** The silences, in seconds, of which one comes now and then; none: no silence is longer than a keepalive's. */
  readonly gaps?: readonly number[]
  /** Of 100 places between ordinary packets of TCP, at how many an anomaly comes. 20 when absent. */
  readonly anomalies?: number
  /** Index of the first conversation, which decides its addresses. 0 when absent. */
  readonly first?: number
}

/** Ports of no protocol that a firewall looks into, and some of ones that it does. */
const SERVER_PORTS = [7007, 7007, 5000, 80, 22] as const
const GAP_PERCENT = 2

/** So many conversations from a seed. A conversation depends on the seed, its index and the options only. */
export function makeConversations(
  seed: number,
  count: number,
  options: ConversationOptions = {},
): Conversation[] {
  const { first = 0 } = options
  return Array.from({ length: count }, (_, n) => makeConversation(seed, first + n, options))
}

export function makeConversation(seed: number, index: number, options: ConversationOptions): Conversation {
  const roll = dice(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b))
  const ends = endsOf(index, chance(roll, 35))
  const talk = new Talk(roll, ends, pick(roll, SERVER_PORTS))
  const gap = (of: Talk) => silence(of, options.gaps ?? [])
  const kind = roll(100)
  if (kind < 84) connection(talk, options.anomalies ?? 20, gap)
  else if (kind < 94) datagrams(talk, gap)
  else echoes(talk, gap)
  const family = ends.six ? 'ipv6' : 'ipv4'
  const protocol = kind < 84 ? 'tcp' : kind < 94 ? 'udp' : 'icmp'
  return { index, family, protocol, client: ends.client, server: ends.server, frames: talk.frames }
}

function silence(talk: Talk, gaps: readonly number[]): void {
  if (gaps.length === 0 || !chance(talk.roll, GAP_PERCENT)) return
  talk.pass(pick(talk.roll, gaps) * 1000)
  talk.afterGap = true
}

/** A connection, or several one after the other on the same ports. */
function connection(talk: Talk, anomalies: number, gap: (talk: Talk) => void): void {
  const { roll } = talk
  // Some conversations are ordinary from end to end, so that what is ordinary is compared without what came before it.
  const often = chance(roll, 20) ? 0 : anomalies * 2
  const disturb = () => {
    gap(talk)
    while (chance(roll, often)) {
      const [, anomaly] = pick(roll, ANOMALIES)
      anomaly(talk, chance(roll, 50))
      if (chance(roll, 4)) icmpError(talk, chance(roll, 50))
    }
  }
  for (let connections = chance(roll, 15) ? 2 : 1; connections > 0; connections--) {
    open(talk)
    disturb()
    for (let turns = roll(5); turns > 0; turns--) {
      exchange(talk)
      disturb()
    }
    close(talk)
    disturb()
    if (connections > 1) talk.renew()
  }
}
