import { expect } from 'chai'
import { compare } from './compare.test.ts'
import { tcpExchange } from './exchange.test.ts'
import {
  ANSWER,
  BANNER,
  connect,
  GRANTED,
  get,
  HELLO,
  INSIDE,
  OK,
  QUERY,
  REFUSED,
  SERVER_BANNER,
  SERVER_HELLO,
} from './tunnelled.test.ts'

const TARGETS = [
  'b.example:443',
  'b.example:53',
  'b.example:22',
  'b.example',
  'b.example:x',
  'b.example:70000',
  'b.example:000053',
  '[2001:db8::1]:53',
  '[2001:db8::1]',
  ':53',
  ':53x',
  '',
  '/',
]

const CASES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'behind the first CONNECT': INSIDE.map((lines) => [connect(), GRANTED, ...lines]),
  'behind a tunnel to a port of DNS': INSIDE.map((lines) => [connect('b.example:53'), GRANTED, ...lines]),
  'to whatever port': TARGETS.flatMap((target) => [
    [connect(target), GRANTED, QUERY, ANSWER],
    [connect(target), GRANTED, '>\x80\x2e\x01\x03\x01\0\x15\0\0\0\x10', '<x'],
    [connect(target, 'Host: e.example:53\r\n'), GRANTED, QUERY, ANSWER],
    [connect(target).replace('proxy.example', 'proxy.example:53'), GRANTED, QUERY, ANSWER],
  ]),
  'behind what comes first': [
    [get('/1'), OK, connect(), GRANTED, HELLO, SERVER_HELLO],
    [connect(), REFUSED, connect(), GRANTED, HELLO, SERVER_HELLO],
    [connect(), '<HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n', connect(), GRANTED, HELLO, SERVER_HELLO],
    [OK, connect(), GRANTED, HELLO, SERVER_HELLO],
    [connect().slice(0, 12), GRANTED, `>${connect().slice(12)}`, HELLO, SERVER_HELLO],
    [connect().slice(0, 45), GRANTED, `>${connect().slice(45)}`, HELLO, SERVER_HELLO],
    [connect('b.example:53').slice(0, 45), GRANTED, QUERY, ANSWER],
    [`${connect()}${HELLO.slice(1)}`, GRANTED, HELLO, SERVER_HELLO],
    [connect(), HELLO, GRANTED, HELLO, SERVER_HELLO],
    [connect(), `${GRANTED}${SERVER_BANNER.slice(1)}`, BANNER, SERVER_BANNER],
    [connect(), `${GRANTED}more`, get('/1'), GRANTED, '>\x80\x2e\x01\x03\x01\0\x15\0\0\0\x10', '<x'],
    [connect(), `${GRANTED}more\r\n`, HELLO, SERVER_HELLO],
    [connect(), `${GRANTED}${OK.slice(1)}`, HELLO, SERVER_HELLO],
    [connect(), GRANTED.slice(0, 20), `<${GRANTED.slice(20)}`, HELLO, SERVER_HELLO],
    [connect(), GRANTED.slice(0, -2), '<\r\n', HELLO, SERVER_HELLO],
    [connect(), '<HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', '<hello', HELLO, SERVER_HELLO],
    [connect(), '<HTTP/1.1 299 OK\r\n\r\n', HELLO, SERVER_HELLO],
    [connect(), '<HTTP/1.1 100 Continue\r\n\r\n', GRANTED, HELLO, SERVER_HELLO],
    [connect().replace('CONNECT', 'connect'), GRANTED, HELLO, SERVER_HELLO],
    [connect(), REFUSED, '<x\r\n', OK, get('/2'), OK, get('/3')],
    [connect(), REFUSED, get('/2'), '<x\r\n', get('/3')],
    [connect(), '<what is this?\r\n', get('/2'), OK, get('/3')],
    [connect(), HELLO, REFUSED, OK, get('/2'), get('/3')],
    [get('/1'), OK, connect(), HELLO, GRANTED, get('/2'), OK, get('/3')],
    [get('/1'), OK, connect(), '<HTTP/1.1 100 Go on\r\n\r\n', get('/lost'), GRANTED, get('/2'), OK],
    [connect().slice(0, 45), REFUSED, `>${connect().slice(45)}lost\r\n`, get('/2'), OK],
    [connect('b.example:22', 'Content-Length: 3\r\n'), GRANTED, BANNER, SERVER_BANNER],
    [connect(), `${GRANTED}more`, '-<lost', '>', SERVER_BANNER, BANNER],
    [connect(), `${REFUSED}${OK.slice(1)}`, get('/2'), OK, get('/3')],
    [connect(), `${REFUSED}HTTP/1.1 500 X\r\nok`, get('/2'), OK, get('/3'), OK],
    [connect(), `${OK}${OK.slice(1)}`, get('/2'), OK, get('/3'), OK],
    [connect(), HELLO, `${REFUSED}${OK.slice(1)}`, OK, get('/2'), get('/3')],
    [connect(), HELLO, `${REFUSED}${OK.slice(1)}`, get('/2'), OK, get('/3')],
    [connect(), `${GRANTED}more`, '-<lost', get('/1'), OK, get('/2'), OK],
  ],
}

describe('the application layer, against Suricata 7: inside tunnels', () => {
  for (const [what, exchanges] of Object.entries(CASES))
    for (const pickUp of [false, true])
      it(`${what}${pickUp ? ', where sessions may be picked up' : ''}`, async () => {
        const cases = exchanges.map((lines) => ({
          name: JSON.stringify(lines).slice(0, 300),
          frames: tcpExchange(3128, lines),
        }))
        const { alerts, differences } = await compare(cases, pickUp ? 'continue' : 'drop', pickUp)
        expect(differences).to.deep.equal([])
        expect(alerts).to.be.above(cases.length)
      })
})
