import { expect } from 'chai'
import { compare } from '../app/compare.test.ts'
import { tcpExchange } from '../app/exchange.test.ts'
import { randomMixed } from '../app/random-mixed.test.ts'
import { cutSmall } from '../app/resegment.test.ts'
import { chance, dice, pick, type Roll } from '../conversations/random.test.ts'
import type { OracleCase } from '../oracle-cases.test.ts'
import type { OracleFrame } from '../oracle-suricata.test.ts'
import { compareRules } from './compare-rules.test.ts'

const SEED = Number(process.env.FLOWBREAK_SEED ?? 1)
const COUNT = 120
const TELLING = [
  'alert http any any -> any any (',
  'alert tls any any -> any any (',
  'alert ssh any any -> any any (',
  'alert dns any any -> any any (',
  'alert http any any -> any any (http.method; content:"GET"; ',
  'alert http any any -> any any (http.uri; content:!"1"; ',
  'alert http any any -> any any (http.host; content:"e"; flow:established; ',
  'alert http any any -> any any (http.uri; content:"/"; http.host; content:!"c."; ',
  'alert tls any any -> any any (tls.sni; content:!"z"; ',
  'alert tcp any any -> any any (tls.sni; content:"b."; ',
  'alert ssh any any -> any any (ssh.proto; content:"."; ',
  'alert ssh any any -> any any (ssh.proto; content:!"2"; flow:established; ',
]
const DECIDING = [
  'drop tls any any -> any any (',
  'drop ssh any any -> any any (flow:established; ',
  'reject tls any any -> any any (tls.sni; content:"b.example"; ',
  'drop http any any -> any any (http.uri; content:"2"; ',
  'pass http any any -> any any (http.method; content:"PUT"; ',
  'drop dns any any -> any any (',
  'reject http any any -> any any (http.host; content:"c.example"; ',
  'drop ssh any any -> any any (ssh.proto; content:!"2"; ',
]

/** Under which policy, and whether sessions are picked up. */
const SETUPS = [
  { exception: 'drop', midstream: false },
  { exception: 'reject', midstream: false },
  { exception: 'continue', midstream: false },
  { exception: 'continue', midstream: true },
] as const
const HEADERS = 54
/** What only a client says first, so that Suricata does not turn the session round that it picks up there (docs/differences.md). */
const CLIENTS = ['GET ', 'HEAD ', 'POST ', 'PUT ', 'OPTIONS ', 'CONNECT ', 'SSH-', '\x16\x03\x01']

/**
 * Where a conversation is cut. Sessions are picked up on packets of the client; `bare`: without data, since what comes with the packet of a
 * pick-up is shown with the next one.
 */
function cutOf(frames: readonly OracleFrame[], midstream: boolean, bare: boolean, roll: Roll): number {
  if (!midstream) return roll(frames.length)
  const client = frames[0]?.bytes[26]
  const cuts = frames.flatMap(({ bytes }, at) => {
    const first = frames.slice(at).find((frame) => frame.bytes.length > HEADERS)?.bytes
    const isFit = first === undefined || (first[26] === client && isOfClient(first))
    return isFit && bytes[26] === client && !(bare && bytes.length > HEADERS) ? [at] : []
  })
  return pick(roll, cuts.length > 0 ? cuts : [0])
}

function isOfClient(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.subarray(HEADERS)).toString('latin1')
  return CLIENTS.some((start) => text.startsWith(start))
}

function randomCases(roll: Roll, midstream: boolean, bare: boolean): OracleCase[] {
  return Array.from({ length: COUNT }, (_, at) => {
    const whole = tcpExchange(pick(roll, [80, 3128, 8080]), randomMixed(roll))
    const frames = chance(roll, 70) ? whole : cutSmall(whole, 1 + roll(40), 400)
    const from = chance(roll, 65) ? 0 : cutOf(frames, midstream, bare, roll)
    return { name: `${at} of seed ${SEED}, from ${from}`, frames: frames.slice(from) }
  })
}

describe(`engine/rules against real Suricata: HTTP with tunnels, upgrades and cuts, seed ${SEED}`, () => {
  for (const [nth, { exception, midstream }] of SETUPS.entries()) {
    const words = `${exception}${midstream ? ', sessions are picked up' : ''}`

    it(`${words}: protocols and buffers`, async () => {
      const cases = randomCases(dice(Math.imul(SEED, 0x9e3779b1) ^ nth), midstream, true)
      const { alerts, differences } = await compare(cases, exception, midstream)
      expect(differences).to.deep.equal([])
      expect(alerts).to.be.above(COUNT)
    })

    it(`${words}: rules`, async () => {
      const roll = dice(Math.imul(SEED, 0x85ebca6b) ^ nth)
      const cases = randomCases(roll, midstream, false)
      const some = DECIDING.filter(() => chance(roll, 30))
      for (const chosen of [TELLING, [...some, ...TELLING]]) {
        const rules = chosen.map((rule, at) => `${rule}sid:${at + 1};)`)
        const { found, alerts } = await compareRules(cases, rules, { exception, midstream })
        expect(found, rules.join('\n')).to.deep.equal([])
        expect(alerts).to.be.above(COUNT)
      }
    })
  }
})
