import { expect } from 'chai'
import { tcpExchange } from '../app/exchange.test.ts'
import { record } from '../app/messages.test.ts'
import { BANNER, HELLO, OK, SERVER_BANNER, SERVER_HELLO } from '../app/tunnelled.test.ts'
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

const NEGATED = [
  'ssh.proto; content:!"q"',
  'ssh.proto; content:!"2"',
  'ssh.proto; content:"2"',
  'ssh.proto; content:!"q"; content:!"z"',
  'ssh.proto; content:!"q"; content:"2"',
  'ssh.proto; content:!"q"; flow:to_server',
  'ssh.proto; content:"2"; flow:established',
  'ssh.proto; content:!"2"; flow:established',
  'ssh.proto; content:"2"; flow:not_established',
  'ssh.proto; content:!"q"; flow:not_established',
  'ssh.proto; content:"2"; flow:stateless',
  'tls.sni; content:"b"; flow:established',
  'tls.sni; content:"b"; flow:not_established',
  'http.host; content:"a"; flow:established',
  'ssh.proto; content:!"q"; flow:to_client',
  'tls.sni; content:!"q"',
  'tls.sni; content:"b"',
  'http.method; content:!"q"',
  'http.host; content:!"q"',
  'http.uri; content:!"q"; http.host; content:!"q"',
]
const PACKET = '\0\0\0\x0c\x04\x14\0\0\0\0\0\0\0\0\0\0'
const KEYS = PACKET.replace('\x14', '\x15')
const LONG = `>SSH-2.0-${'x'.repeat(300)}`
const REQUEST = get('/1')
/** What is not over with the packet of the pick-up. */
const LIVE: readonly (readonly string[])[] = [
  [BANNER, SERVER_BANNER, `>${PACKET}`, `<${PACKET}`, `>${PACKET}`],
  [BANNER, SERVER_BANNER, '>', '<', `>${PACKET}`],
  [BANNER, `>${PACKET}`, `>${PACKET}`],
  [BANNER, '>ab', '>cd', `>${PACKET}`, SERVER_BANNER],
  [BANNER.slice(0, 6), `>${BANNER.slice(6)}`, SERVER_BANNER, `>${PACKET}`, `<${PACKET}`],
  [`${BANNER}${PACKET}`, SERVER_BANNER, `>${PACKET}`, `<${PACKET}`],
  [SERVER_BANNER, BANNER, `>${PACKET}`, `<${PACKET}`],
  [BANNER, '>\0\0\0\0\0\0\0', SERVER_BANNER],
  [BANNER, '<nonsense\r\n', `>${PACKET}`, SERVER_BANNER],
  [BANNER, `<${SERVER_BANNER.slice(1)}${KEYS}`, `>${KEYS}`, `>${PACKET}`],
  [LONG, '>x\r\n', '>cd', `>${KEYS}`, SERVER_BANNER, `<${KEYS}`],
  [HELLO, SERVER_HELLO, `>${record('\x01', 20)}`, `<${record('\x01', 20)}`, `>${record('x', 23)}`],
  [HELLO, SERVER_HELLO, `>${record('x', 23)}`, `<${record('x', 23)}`, `>${record('x', 23)}`],
  [HELLO, '>nonsense that fails', '>x'],
  [HELLO, SERVER_HELLO, '<nonsense that fails', '>x'],
  [HELLO, SERVER_HELLO, HELLO, '>x'],
  [REQUEST, OK, get('/2'), OK],
  [REQUEST.slice(0, 30), `>${REQUEST.slice(30)}`, OK, get('/2'), OK],
  ['>POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc', '>d', '>ef', OK, get('/2'), OK],
]

describe('engine/rules against real Suricata: what a session was picked up on, with the packets behind it', () => {
  for (const setup of [{ midstream: true }, { midstream: true, asyncOneside: true }, {}] as const)
    it(`shows it then to rules without a pattern: ${JSON.stringify(setup)}`, async () => {
      const rules = NEGATED.map((content, at) => `alert ip any any -> any any (${content}; sid:${at + 1};)`)
      const begun = 'midstream' in setup ? 3 : 0
      const cases = LIVE.map((lines, at) => ({
        name: `${at}`,
        frames: tcpExchange(3128, lines).slice(begun),
      }))
      const { found, alerts } = await compareRules(cases, rules, setup)
      expect(found).to.deep.equal([])
      expect(alerts).to.be.greaterThan(100)
    })
})
