import { expect } from 'chai'
import { tcpExchange } from '../app/exchange.test.ts'
import { connect, GRANTED, INSIDE, OK } from '../app/tunnelled.test.ts'
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

describe('engine/rules against real Suricata: what follows a CONNECT that is not granted', () => {
  it('inspects a request again when a response ends it', async () => {
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
    const rules = [...TELLING, 'alert http any any -> any any (http.uri; content:!"1"; '].map(
      (rule, at) => `${rule}sid:${at + 1};)`,
    )
    const { found, alerts } = await compareRules(cases, rules)
    expect(found).to.deep.equal([])
    expect(alerts).to.be.above(cases.length)
  })
})
