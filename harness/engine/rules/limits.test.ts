import { expect } from 'chai'
import { tcpExchange, udpExchange } from '../app/exchange.test.ts'
import { chance, dice, pick, type Roll } from '../conversations/random.test.ts'
import type { OracleCase } from '../oracle-cases.test.ts'
import { compareRules } from './compare-rules.test.ts'
import { limitsOf } from './limits.ts'
import { parseRule } from './parse.ts'
import { isRead } from './random-rules.test.ts'

const SEED = Number(process.env.FLOWBREAK_SEED ?? 1)
/** At most so many alerts Suricata logs about a packet. */
const RULES = 15
const RUNS = 16
const DATA = 30
const LETTERS = ['a', 'b', 'c', 'A']

/** Texts of few letters, so that most contents stand in them, in several places. */
function text(roll: Roll, least: number, more: number): string {
  return Array.from({ length: least + roll(more) }, () => pick(roll, LETTERS)).join('')
}

/** Contents that follow one another, with all that moves their limits. */
function contents(roll: Roll): string {
  return Array.from({ length: 2 + roll(3) }, (_, nth) => {
    const bytes = text(roll, 1, 4)
    const options = [`content:${chance(roll, 25) ? '!' : ''}"${bytes}"`]
    const kind = roll(nth === 0 ? 8 : 14)
    if (kind === 1) options.push(`offset:${roll(6)}`)
    if (kind === 2) options.push(`depth:${bytes.length + roll(6)}`)
    if (kind === 3) options.push(`offset:${roll(6)}`, `depth:${bytes.length + roll(6)}`)
    if (kind === 4 && chance(roll, 50)) options.push('startswith')
    if (kind >= 6 && kind % 3 !== 0) options.push(`distance:${roll(10) - 3}`)
    if (kind >= 6 && kind % 3 !== 1) options.push(`within:${bytes.length + roll(8)}`)
    if (chance(roll, 40)) options.push('nocase')
    if (chance(roll, 15)) options.push('endswith')
    if (chance(roll, 10)) options.push('fast_pattern')
    return options.join('; ')
  }).join('; ')
}

function rules(roll: Roll, protocol: string): string[] {
  const made: string[] = []
  const buffer = protocol === 'dns' ? 'dns.query; ' : ''
  while (made.length < RULES) {
    const rule = `alert ${protocol} any any -> any any (${buffer}${contents(roll)}; sid:${made.length + 1};)`
    if (isRead(rule)) made.push(rule)
  }
  return made
}

function datagrams(roll: Roll): OracleCase[] {
  return Array.from({ length: DATA }, (_, nth) => ({
    name: `datagram ${nth}`,
    frames: udpExchange(9, [`>${text(roll, 1, 30)}`]),
  }))
}

function segments(roll: Roll): OracleCase[] {
  return Array.from({ length: DATA / 3 }, (_, nth) => ({
    name: `segments ${nth}`,
    frames: tcpExchange(7007, [`>${text(roll, 1, 20)}`, `<${text(roll, 1, 20)}`, `>${text(roll, 1, 20)}`]),
  }))
}

function queries(roll: Roll): OracleCase[] {
  return Array.from({ length: DATA }, (_, nth) => {
    const name = text(roll, 1, 30)
    const header = '\0\x07\x01\0\0\x01\0\0\0\0\0\0'
    const question = `${String.fromCharCode(name.length)}${name}\0\0\x01\0\x01`
    return { name: `query ${nth}`, frames: udpExchange(53, [`>${header}${question}`]) }
  })
}

describe(`engine/rules against real Suricata: limits that contents pass on, seed ${SEED}`, () => {
  const roll = dice(SEED)
  for (const [protocol, made] of [
    ['udp', datagrams(roll)],
    ['tcp-pkt', segments(roll)],
    ['tcp', segments(roll)],
    ['dns', queries(roll)],
  ] as const)
    it(`${protocol}: ${RULES * RUNS} rules`, async () => {
      let told = 0
      for (let run = 0; run < RUNS; run++) {
        const asked = rules(roll, protocol)
        const { found, alerts } = await compareRules(made, asked)
        expect(found, asked.join('\n')).to.deep.equal([])
        told += alerts
      }
      expect(told).to.be.greaterThan(200)
    })
})

describe('engine/rules: limits that contents pass on', () => {
  const limits = (options: string) =>
    limitsOf(parseRule(`alert udp any any -> any any (${options}; sid:1;)`, '').contents).map(
      ({ offset, depth }) => [offset, depth],
    )

  it('a distance counts from behind the least place of the content before', () => {
    expect(limits('content:"ab"; offset:3; content:"c"; distance:2')).to.deep.equal([
      [3, 0],
      [7, 0],
    ])
  })

  it('a negated content without position counts as if it were at the start', () => {
    expect(limits('content:!"abc"; content:"d"; distance:2')).to.deep.equal([
      [0, 0],
      [5, 0],
    ])
  })

  it('a depth goes on to what is within, if case is ignored', () => {
    expect(limits('content:"ab"; depth:4; nocase; content:"c"; within:3; nocase')).to.deep.equal([
      [0, 4],
      [0, 7],
    ])
    expect(limits('content:"ab"; depth:4; content:"c"; within:3')).to.deep.equal([
      [0, 4],
      [0, 0],
    ])
  })
})
