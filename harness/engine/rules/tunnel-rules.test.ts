import { expect } from 'chai'
import { tcpExchange } from '../app/exchange.test.ts'
import { connect, GRANTED, get, INSIDE, OK } from '../app/tunnelled.test.ts'
import { compareRules } from './compare-rules.test.ts'

const CASES = INSIDE.flatMap((lines, at) => [
  { name: `in a tunnel, ${at}`, frames: tcpExchange(3128, [connect(), GRANTED, ...lines]) },
  {
    name: `in one to port 53, ${at}`,
    frames: tcpExchange(3128, [connect('b.example:53'), GRANTED, ...lines]),
  },
  { name: `in no tunnel, ${at}`, frames: tcpExchange(3128, lines) },
])

/** Each alone, since what one of them drops none of the others sees. */
const RULES = [
  'drop tls any any -> any any (',
  'drop ssh any any -> any any (',
  'drop dns any any -> any any (',
  'reject tls any any -> any any (',
  'drop http any any -> any any (http.host; content:"c.example"; ',
  'drop http any any -> any any (http.method; content:!"CONNECT"; ',
  'drop tls any any -> any any (tls.sni; content:"b.example"; ',
  'drop ssh any any -> any any (ssh.proto; content:"1.99"; ',
  'drop ssh any any -> any any (ssh.proto; content:!"1.99"; ',
  'drop tls any any -> any any (flow:established,to_client; ',
  'drop tcp any any -> any any (tls.sni; content:!"z"; ',
  'drop http any any -> any any (flow:to_client; content:"hello"; ',
]
const TELLING = [
  ...['http', 'tls', 'ssh', 'dns'].map((protocol) => `alert ${protocol} any any -> any any (`),
  'alert http any any -> any any (http.uri; content:"/"; http.host; content:"e"; ',
  'alert http any any -> any any (http.uri; content:!"/"; ',
  'alert tls any any -> any any (tls.sni; content:!"z"; ',
  'alert http any any -> any any (http.method; content:!"z"; http.host; content:!"z"; ',
  'alert tcp any any -> any any (content:"SSH"; ',
]

describe('engine/rules against real Suricata: what is spoken in tunnels', () => {
  for (const setup of [{}, { exception: 'drop' }, { midstream: true }] as const) {
    for (const rule of RULES)
      it(`${rule}…), ${JSON.stringify(setup)}`, async () => {
        const { found, stopped, alerts } = await compareRules(CASES, [`${rule}sid:1;)`], setup)
        expect(found).to.deep.equal([])
        expect(stopped + alerts).to.be.above(0)
      })
    it(`tells of all of them, ${JSON.stringify(setup)}`, async () => {
      const rules = TELLING.map((rule, at) => `${rule}sid:${at + 1};)`)
      const { found, alerts } = await compareRules(CASES, rules, setup)
      expect(found).to.deep.equal([])
      expect(alerts).to.be.above(CASES.length)
    })
  }
})

/** Of a CONNECT whose answer is none, or a refusal: what the client has sent meanwhile, what follows it, and a response that nobody asked for. */
const ANSWERS = [
  '<xxxx\n',
  '<xxxxxxx\n',
  '<HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n',
  '<HTTP/1.1 403 X\r\n\r\nmore',
]
const LATER = [
  ['>G', '<x\n', '<x', '>GE'],
  ['>G', '<x\n', OK, '>ET'],
  ['>G', '<x', '>GE', '<x'],
  ['<x\n', '<x', '>GE'],
  ['>GET /', '<x\n', OK, '> HTTP/1.1\r\n\r\n', OK],
]

/** None of them looks at streams, so that a connection is followed no longer than its requests need. */
const REQUESTS = [
  'alert http any any -> any any (http.uri; content:!"1"; sid:1;)',
  'alert http any any -> any any (http.uri; content:!"/"; sid:2;)',
  'alert http any any -> any any (http.method; content:!"z"; http.host; content:!"z"; sid:3;)',
  'alert http any any -> any any (http.uri; content:"/"; http.host; content:"e"; sid:4;)',
  'alert http any any -> any any (sid:5;)',
]

describe('engine/rules against real Suricata: a request that is ended by a response to nobody', () => {
  it('is inspected again: a CONNECT that is not granted', async () => {
    const cases = [connect(), connect('b.example', 'Transfer-Encoding: chunked\r\n')].flatMap((asked) =>
      ANSWERS.flatMap((answer) =>
        LATER.flatMap((later) => [
          { name: JSON.stringify([answer, ...later]), frames: tcpExchange(3128, [asked, answer, ...later]) },
          {
            name: JSON.stringify(['>N', answer, ...later]),
            frames: tcpExchange(3128, [asked, '>N', answer, ...later]),
          },
        ]),
      ),
    )
    const { found, alerts } = await compareRules(cases, REQUESTS)
    expect(found).to.deep.equal([])
    expect(alerts).to.be.above(cases.length)
  })

  it('is inspected again: one that was refused, even before an upgrade', async () => {
    const expecting =
      '>POST /6 HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n'
    const upgrade = '<HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n'
    const refusal = '<HTTP/1.1 417 X\r\nContent-Length: 2\r\n\r\nok'
    const cases = [upgrade, `${upgrade}hi`, OK, '<x'].flatMap((last) =>
      [get('/2'), '>x', '>'].flatMap((then) => {
        const lines = [expecting, refusal, last, then, '>more', '<y', get('/3'), '>']
        return [lines, lines.filter((line) => line !== refusal), [get('/1'), OK, ...lines.slice(2)]].map(
          (each) => ({
            name: JSON.stringify(each),
            frames: tcpExchange(3128, each),
          }),
        )
      }),
    )
    const { found, alerts } = await compareRules(cases, REQUESTS)
    expect(found).to.deep.equal([])
    expect(alerts).to.be.above(cases.length)
  })
})
