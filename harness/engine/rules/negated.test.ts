import { expect } from 'chai'
import { tcpExchange } from '../app/exchange.test.ts'
import { cutSmall, loseSome, repeatSome, shuffleRuns } from '../app/resegment.test.ts'
import { chance, dice, pick, type Roll } from '../conversations/random.test.ts'
import type { OracleCase } from '../oracle-cases.test.ts'
import { compareRules } from './compare-rules.test.ts'

const SEED = Number(process.env.FLOWBREAK_SEED ?? 1)
const RULES = 40
const CASES = 60
/** A ClientHello that names `a`, and application data, after which contents are hidden. */
const HELLO = `\x16\x03\x01\0\x39\x01\0\0\x35\x03\x03${'r'.repeat(32)}\0\0\x02\x13\x01\x01\0\0\x0a\0\0\0\x06\0\x04\0\0\x01a`
const DATA = (text: string) => `\x17\x03\x01\0${String.fromCharCode(text.length)}${text}`
const WORDS = ['a', 'b', 'ab', 'ba', 'aab', 'abab', 'bbaa', 'c']

describe(`engine/rules against real Suricata: rules whose contents are all negated, seed ${SEED}`, () => {
  it('alone and with positions, in whole streams and damaged ones, open and encrypted', async () => {
    const roll = dice(SEED)
    const cases = Array.from({ length: CASES }, (_, at) => ({ name: `case ${at}`, frames: framesOf(roll) }))
    const rules = Array.from({ length: RULES }, (_, at) => {
      const flow = pick(roll, ['', '', 'flow:to_client; ', 'flow:established; '])
      return `alert tcp any any -> any any (${contents(roll)}${flow}sid:${at + 1};)`
    })
    const { found, alerts } = await compareRules(cases, rules)
    const sids = new Set(found.map((line) => Number(/:(\d+) /.exec(line)?.[1])))
    expect(found, [...sids].map((sid) => rules[sid - 1]).join('\n')).to.deep.equal([])
    expect(alerts).to.be.greaterThan(CASES)
  })
})

function contents(roll: Roll): string {
  return Array.from({ length: 1 + roll(3) }, () => `content:!"${pick(roll, WORDS)}"; ${position(roll)}`).join(
    '',
  )
}

function position(roll: Roll): string {
  return pick(roll, [
    () => '',
    () => '',
    () => `offset:${roll(6)}; `,
    () => `depth:${4 + roll(6)}; `,
    () => 'endswith; ',
    () => 'nocase; ',
    () => `distance:${roll(5)}; `,
  ])()
}

function framesOf(roll: Roll): OracleCase['frames'] {
  const text = () => Array.from({ length: 1 + roll(8) }, () => pick(roll, WORDS)).join('')
  const encrypted = chance(roll, 50)
  const said = () => (encrypted ? DATA(text()) : text())
  const lines = Array.from({ length: 2 + roll(6) }, () => `${pick(roll, ['>', '<'])}${said()}`)
  const all = encrypted ? [`>${HELLO}`, ...lines] : lines
  const frames = tcpExchange(encrypted ? 443 : 7007, all)
  if (chance(roll, 40)) return frames
  const pieces = chance(roll, 50) ? frames : cutSmall(frames, 3 + roll(20), 600)
  return pick(roll, [shuffleRuns, repeatSome, loseSome, shuffleRuns])(pieces, roll)
}
