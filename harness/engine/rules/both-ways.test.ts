import { expect } from 'chai'
import { tcpExchange, udpExchange } from '../app/exchange.test.ts'
import { dice, pick, type Roll } from '../conversations/random.test.ts'
import { compareRules } from './compare-rules.test.ts'

const SEED = Number(process.env.FLOWBREAK_SEED ?? 1)
const RULES = 120
const ADDRESSES = [
  'any',
  '192.0.2.10',
  '198.51.100.20',
  '192.0.2.8/30',
  '192.0.2.10/31',
  '192.0.2.11',
  '0.0.0.0/0',
  '128.0.0.0/1',
  '0.0.0.0/1',
  '2001:db8::/32',
  '::/0',
]
const PORTS = ['any', '0:65535', '40000', '7007', '7007:', '7007:40000', ':40000', '40001:', '0:', '53', '9']

describe(`engine/rules against real Suricata: rules about both directions, seed ${SEED}`, () => {
  const cases = [
    { name: 'TCP', frames: tcpExchange(7007, ['>a', '<b']) },
    { name: 'UDP', frames: udpExchange(9, ['>a', '<b']) },
  ]

  it('ends that mean the same make one rule, if Suricata keeps them as the same list', async () => {
    const ends = [
      'any 0:65535 <> any any',
      'any : <> any any',
      'any [7007,40000] <> any [40000,7007]',
      'any [7007:40000] <> any [7007,7008:40000]',
      'any [any,!80] <> any !80',
      '[192.0.2.10,198.51.100.20] any <> [198.51.100.20,192.0.2.10] any',
      '[192.0.2.10,192.0.2.11,198.51.100.20] any <> [192.0.2.10/31,198.51.100.20] any',
      '[192.0.2.0/24,198.51.100.20,192.0.2.10] any <> [192.0.2.10,192.0.2.0/24,198.51.100.20] any',
      'any any <> 0.0.0.0/0 any',
      'any any <> [::/0,0.0.0.0/0] any',
      '!203.0.113.1 any <> [0.0.0.0/0,!203.0.113.1] any',
      '[192.0.2.9/32,!192.0.2.9,any] any <> [any,!192.0.2.9] any',
      '![203.0.113.1,203.0.113.0] any <> !203.0.113.0/31 any',
    ].flatMap((each) => [each, each.split(' <> ').reverse().join(' <> ')])
    const rules = ends.flatMap((each, at) => [
      `alert ip ${each} (sid:${2 * at + 1};)`,
      `alert ip ${each} (content:"a"; sid:${2 * at + 2};)`,
    ])
    const { found, alerts } = await compareRules(cases, rules)
    expect(found).to.deep.equal([])
    expect(alerts).to.be.greaterThan(rules.length)
  })

  it(`random ends of ${RULES} rules`, async () => {
    const roll = dice(SEED)
    const rules = Array.from({ length: RULES }, (_, at) => {
      const options = `${pick(roll, ['', 'content:"a"; ', 'flags:*SPA; '])}sid:${at + 1}`
      return `alert ip ${bothEnds(roll)} (${options};)`
    })
    const { found, alerts } = await compareRules(cases, rules)
    const sids = new Set(found.map((line) => Number(/:(\d+) /.exec(line)?.[1])))
    expect(found, [...sids].map((sid) => rules[sid - 1]).join('\n')).to.deep.equal([])
    expect(alerts).to.be.greaterThan(RULES)
  })
})

/** Two ends, of which each list is often the other in another order, or cut in another way. */
function bothEnds(roll: Roll): string {
  const addresses = twoLists(roll, ADDRESSES)
  const ports = roll(2) === 0 ? ['any', 'any'] : twoLists(roll, PORTS)
  return `${addresses[0]} ${ports[0]} <> ${addresses[1]} ${ports[1]}`
}

function twoLists(roll: Roll, items: readonly string[]): [string, string] {
  const list = Array.from({ length: 1 + roll(3) }, () => pick(roll, items))
  const other = list.toReversed()
  if (roll(3) === 0) other.push(pick(roll, items))
  const out = roll(4) === 0 ? [pick(roll, OUT[items === PORTS ? 1 : 0])] : []
  return [textOf([...list, ...out]), textOf([...out, ...other])]
}

/** Taken out of both lists; no list of the others is left empty by one of these. */
const OUT = [
  ['!203.0.113.1', '![203.0.113.0/31]'],
  ['!1', '!1000:1010'],
] as const

function textOf(items: readonly string[]): string {
  return items.length === 1 ? `${items[0]}` : `[${items.join(',')}]`
}
