import { expect } from 'chai'
import { chance, dice, type Roll } from '../conversations/random.test.ts'
import type { OracleCase } from '../oracle-cases.test.ts'
import { compare } from './compare.test.ts'
import { tcpExchange, udpExchange } from './exchange.test.ts'
import { randomBanners, randomHellos, randomQueries, randomQueriesInStream } from './random-greetings.test.ts'
import { randomRequests } from './random-requests.test.ts'
import { randomAnswers } from './random-responses.test.ts'
import { cutSmall } from './resegment.test.ts'

const SEED = Number(process.env.FLOWBREAK_SEED ?? 1)
const COUNT = 250
const OK = '<HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'

/** A conversation over TCP, in some cases cut into segments of few bytes. */
function overTcp(port: number, lines: readonly string[], roll: Roll): OracleCase['frames'] {
  const frames = tcpExchange(port, lines)
  return chance(roll, 60) ? frames : cutSmall(frames, 1 + roll(40), 600)
}

/** Requests together, or each with its answer. */
function requests(roll: Roll): string[] {
  const sent = randomRequests(roll)
  if (chance(roll, 40)) return [`>${sent.join('')}`, ...sent.map(() => OK)]
  return sent.flatMap((each) => (chance(roll, 80) ? [`>${each}`, OK] : [`>${each}`]))
}

const KINDS: readonly (readonly [what: string, frames: (roll: Roll) => OracleCase['frames']])[] = [
  ['requests of HTTP', (roll) => overTcp(chance(roll, 70) ? 80 : 8080, requests(roll), roll)],
  ['hellos of TLS', (roll) => overTcp(chance(roll, 70) ? 443 : 8443, randomHellos(roll), roll)],
  [
    'queries of DNS',
    (roll) =>
      udpExchange(
        53,
        randomQueries(roll).map((message) => `>${message}`),
      ),
  ],
  ['queries of DNS over TCP', (roll) => overTcp(53, randomQueriesInStream(roll), roll)],
  ['banners of SSH', (roll) => overTcp(chance(roll, 70) ? 22 : 2222, randomBanners(roll), roll)],
  ['answers of HTTP', (roll) => overTcp(chance(roll, 70) ? 80 : 8080, randomAnswers(roll), roll)],
]

describe(`the application layer, against Suricata 7: unusual forms, seed ${SEED}`, () => {
  for (const [nth, [what, frames]] of KINDS.entries())
    it(what, async () => {
      const roll = dice(Math.imul(SEED, 0x9e3779b1) ^ nth)
      const cases = Array.from({ length: COUNT }, (_, at) => ({
        name: `${what} ${at} of seed ${SEED}`,
        frames: frames(roll),
      }))
      const { alerts, differences } = await compare(cases, 'drop')
      expect(differences).to.deep.equal([])
      expect(alerts).to.be.above(COUNT)
    })
})
