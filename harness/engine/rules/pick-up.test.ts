import { expect } from 'chai'
import { tcpExchange } from '../app/exchange.test.ts'
import type { OracleCase } from '../oracle-cases.test.ts'
import { compareRules } from './compare-rules.test.ts'

const u16 = (value: number) => String.fromCharCode(value >> 8, value & 255)
const name = (text: string) =>
  `${text
    .split('.')
    .map((label) => `${String.fromCharCode(label.length)}${label}`)
    .join('')}\0`
const query = (...names: readonly string[]) => {
  const message = `\0\x07\x01\0${u16(names.length)}\0\0\0\0\0\0${names.map((each) => `${name(each)}\0\x01\0\x01`).join('')}`
  return `>${u16(message.length)}${message}`
}
const get = (target: string) => `>GET ${target} HTTP/1.1\r\nHost: a.example\r\n\r\n`

/** Of which Suricata sees no handshake. */
const CASES: readonly OracleCase[] = [
  ['two names', 53, [query('b.example', 'A.com'), query('c')]],
  ['one name', 53, [query('A.com'), query('b.example')]],
  ['another name', 53, [query('b.example'), query('A.com', 'c')]],
  ['HTTP', 80, [get('/1'), get('/a')]],
].map(([of, port, lines]) => ({
  name: `${of}`,
  frames: tcpExchange(port as number, lines as string[]).slice(3),
}))

const CONTENTS = [
  'dns.query; content:!"com"',
  'dns.query; content:!"COM"; nocase',
  'dns.query; content:!"COM"',
  'dns.query; content:!"A"; endswith',
  'dns.query; content:!"com"; offset:1',
  'dns.query; content:!"com"; content:!"example"',
  'dns.query; content:!"c"; content:"m"',
  'http.uri; content:!"/1"',
  'http.uri; content:!"1"; http.method; content:!"POST"',
  'http.method; content:!"GET"; endswith',
]

describe('engine/rules against real Suricata: buffers of the packet that picks up a session', () => {
  for (const setup of [{ midstream: true }, { midstream: true, asyncOneside: true }] as const)
    it(`selects a rule without a pattern only by what it negates: ${JSON.stringify(setup)}`, async () => {
      const rules = CONTENTS.map((content, at) => `alert ip any any -> any any (${content}; sid:${at + 1};)`)
      const { found, alerts } = await compareRules(CASES, rules, setup)
      expect(found).to.deep.equal([])
      expect(alerts).to.be.greaterThan(15)
    })
})
