import { expect } from 'chai'
import { tcpExchange, udpExchange } from '../app/exchange.test.ts'
import { cutSmall, segmentOf } from '../app/resegment.test.ts'
import { makeConversation } from '../conversations/generate.test.ts'
import { packet } from '../example-engine.test.ts'
import type { OracleFrame } from '../oracle-suricata.test.ts'
import { compareRules } from './compare-rules.test.ts'

const HOST = 'Host: a.example\r\n'
const get = (target: string) => `GET ${target} HTTP/1.1\r\n${HOST}\r\n`
const POST = `POST /3 HTTP/1.1\r\n${HOST}Content-Length: 20\r\n\r\n`
const OK = '<HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const UNCALLED = [
  'http.uri; content:!"next"',
  'http.method; content:!"x"; depth:1',
  'http.host; content:!"x"',
]

const DATA = '\x17\x03\x01\0\x01x'
/** A ClientHello that names `a`. */
const HELLO = `\x16\x03\x01\0\x39\x01\0\0\x35\x03\x03${'r'.repeat(32)}\0\0\x02\x13\x01\x01\0\0\x0a\0\0\0\x06\0\x04\0\0\x01a`

/** The frames of a conversation made by chance, which says what it says for ever. */
function made(seed: number, index: number): readonly OracleFrame[] {
  return makeConversation(seed, index, {}).frames
}

/** A UDP conversation whose last datagram comes after a silence of so many seconds. */
function silent(seconds: number): readonly OracleFrame[] {
  return udpExchange(9, ['<a', '>b', '<c']).map((frame, at) => ({
    ...frame,
    time: frame.time + (at === 2 ? seconds * 1e9 : 0),
  }))
}

/** A segment, and part of another that overlaps it and says otherwise. */
function overlapping(): readonly OracleFrame[] {
  const frames = tcpExchange(7007, ['>abcdefgh', '>ijkl'])
  const other = tcpExchange(7007, ['>abcdeXYZ', '>ijkl'])[3]
  if (other === undefined) throw new RangeError('no such frame')
  const last = frames.at(-1)?.time ?? 0
  return [...frames, { time: last + 1e6, bytes: segmentOf(other, 4, 8).bytes }]
}

/** Eight segments of the server, of which the client acknowledges all but the last `open`; then the first comes again, in part. */
function comingAgain(open: number): readonly OracleFrame[] {
  const parts = Array.from({ length: 8 }, (_, at) => `<${at === 0 ? 's' : 'x'}${'x'.repeat(1399)}`)
  const frames = tcpExchange(7007, [
    `>${'a'.repeat(40)}`,
    ...parts.slice(0, 8 - open),
    '>',
    ...parts.slice(8 - open),
  ])
  const first = frames[open === 8 ? 5 : 4]
  if (first === undefined) throw new RangeError('no such frame')
  return [...frames, { time: (frames.at(-1)?.time ?? 0) + 1e6, bytes: segmentOf(first, 100, 600).bytes }]
}

interface Written {
  readonly what: string
  readonly frames: readonly (readonly OracleFrame[])[]
  readonly rules: readonly string[]
}

/** Lines as in `packet`, a millisecond apart. */
const spoken = (...lines: readonly string[]): readonly OracleFrame[] =>
  lines.map((line, at) => ({ time: at * 1e6, bytes: packet(line).bytes }))

/** Once no application was recognised, the server says something from before its first byte, with an old timestamp. */
const FROM_BEFORE = spoken(
  '> S 0 ts=99/0',
  '< SA 0 1 ts=99/99',
  '> A 1 1 ts=100/99',
  '> PA 1 1 len=600 ts=101/100',
  '< PA 1 601 len=600 ts=102/100',
  '> PA 601 601 len=600 ts=103/100',
  '< PA 601 1201 len=600 ts=104/100',
  '< PA -99 1201 len=20 ts=5/100',
)

const alerts = (protocol: string, options: readonly string[]) =>
  options.map((each, at) => `alert ${protocol} any any -> any any (${each}; sid:${at + 1};)`)

const WRITTEN: readonly Written[] = [
  {
    what: 'a rule about requests that no pattern calls is asked as long as the request goes on',
    frames: [
      cutSmall(tcpExchange(80, [`>${get('/1')}`, OK, `>${get('/2')}`]), 5, 400),
      tcpExchange(80, [`>${POST}`, '>01234', '>56789', '<HTTP/1.1 100 Continue\r\n\r\n', '>0123456789', OK]),
      tcpExchange(80, [`>${POST}`, '>01234', `>567890123456789${get('/2')}${POST}`, OK, '>abc']),
      cutSmall(tcpExchange(80, [`>${get('/1')}${get('/2')}`]), 5, 400),
    ],
    rules: alerts('http', UNCALLED),
  },
  {
    what: 'unless it came to wait for another buffer after the one that is searched first',
    frames: [
      cutSmall(tcpExchange(80, [`>${get('/1')}${get('/2')}`]), 17, 400),
      tcpExchange(80, [`>${POST}`, '>01234', '>56789', '>POST /3 HTTP/1.1\r\n', `>${HOST}\r\n`, '>0', '>1']),
    ],
    rules: alerts('http', [
      'http.uri; content:!"x"; http.host; content:!"x"',
      'http.host; content:!"xx"; http.uri; content:!"x"',
      'http.host; content:!"x"; http.uri; content:!"xx"',
      'http.host; content:!"x"; http.method; content:!"xxx"',
      'http.host; content:!"x"; fast_pattern; http.uri; content:!"xxx"',
      'http.host; content:!"|05|"; http.uri; content:!"x"',
    ]),
  },
  {
    what: 'a request without version ends with the data in which it came, or with the next whole line',
    frames: [
      ['>GET /\r\n\r', '>\n', '>GET /2 HTTP/1.1\r\n', '>\r\n'],
      ['>GET /\r\n ', '>x', '>\n', '>y\r\n', '<ok'],
      ['>GET /\r\n\t', '>GET /2 HTTP/1.1\r\n\r\n', '>z'],
      ['>GET /\r\n \n \n ', '>\n \n', '>  \n'],
      ['>GET /\r\nx', '>y\r\n\r\n'],
    ].map((lines) => tcpExchange(80, lines)),
    rules: alerts('http', ['http.uri; content:!"zz"', 'http.uri; content:"/2"', 'http.host; content:!"z"']),
  },
  {
    what: 'nor do missing bytes between its lines make Suricata ask about a request',
    frames: [
      tcpExchange(80, [
        '<HTTP/1.1 200 OK\r\n',
        '->GET / HTTP/1.1\r\n',
        '<y',
        '>ontent',
        '->lost',
        '<y',
        '>ple a\r\n\r',
        '>\n',
        '>x',
      ]),
    ],
    rules: alerts('http', ['http.uri; content:!"zz"', 'http.method; content:"o"']),
  },
  {
    what: 'application data before the name, or with it, makes such rules match again and again',
    frames: [
      tcpExchange(443, [`>${HELLO}${DATA}`, `>${DATA}`, `>${DATA}`]),
      tcpExchange(443, [
        `>${HELLO.slice(0, 9)}`,
        `<${DATA}`,
        `>${HELLO.slice(9)}`,
        `>${DATA}`,
        `<${DATA}`,
        `>${DATA}`,
      ]),
      tcpExchange(443, [`>${HELLO}`, `>${DATA}`, `<${DATA}`, `>${DATA}`]),
    ],
    rules: alerts('tls', ['tls.sni; content:!"x"', 'tls.sni; content:"a"']),
  },
  {
    what: 'what begins a line after a request is the beginning of the next, though bytes are missing behind it',
    frames: [
      tcpExchange(80, [
        `>${get('/1')}`,
        '<HTTP/1.1 200 OK\r\n',
        `>${get('/2')}POST`,
        '->lost',
        '<y',
        `>${get('/3')}`,
      ]),
    ],
    rules: alerts('http', ['http.method; content:"POST"', 'http.method; content:"GET"; startswith']),
  },
  {
    what: 'a negated content of a buffer is no obstacle where it is not at the end',
    frames: [tcpExchange(80, [`>${get('/next/a')}`])],
    rules: alerts('http', ['http.uri; content:!"next"; endswith', 'http.host; content:!"a.exa"; endswith']),
  },
  {
    what: 'a negated content that is looked for at first keeps a rule from a packet whatever part of it is looked at',
    frames: [
      cutSmall(tcpExchange(7007, ['>abcde fgh', '<jkl abcde']), 2, 400),
      tcpExchange(7007, ['>ssSSs', '<sssx']),
    ],
    rules: alerts('tcp', [
      'content:!"cd"; content:!"x"; offset:1; depth:2',
      'content:!"x"; offset:1; depth:2; content:!"cd"; endswith',
      'content:"s"; content:!"SSS"; nocase; endswith; fast_pattern',
      'content:"s"; content:!"SSS"; nocase; endswith',
    ]),
  },
  {
    what: 'nothing is hidden by application data behind missing bytes, with which Suricata gives TLS up',
    frames: [
      tcpExchange(443, [`->${HELLO}`, `>${DATA}`, '<\x16\x03\x01\0\x2a\x02\0\0\x26\x03\x03', '<sss', '>rrr']),
    ],
    rules: alerts('tcp', ['content:"sss"', 'content:"r"', 'content:!"p"']),
  },
  {
    what: 'but not where it has a position, and no other stands in for it',
    frames: [tcpExchange(7007, ['>xxx', '>xxy'])],
    rules: alerts('tcp', [
      'content:!"xx"; endswith; content:!"yyyy"; within:12',
      'content:!"yyyy"; offset:0; content:!"xx"; endswith',
      'content:!"xx"; endswith; content:!"|80|y"; content:!"yy"; offset:1',
    ]),
  },
  {
    what: 'a payload of which some came before is looked at as it came first',
    frames: [overlapping()],
    rules: alerts('tcp-pkt', ['content:"fgh"', 'content:"XYZ"', 'content:"e"; startswith', 'content:!"X"']),
  },
  {
    what: 'what the server said is read though bytes of the client are missing',
    frames: [tcpExchange(22, ['->SSH-2.0', '>-x\r\n', '<SSH', '<-1.99-y\n', '>foo\r\n', '<bar'])],
    rules: alerts('ssh', ['ssh.proto; content:"."', 'ssh.proto; content:"1.99"', 'flow:established']),
  },
  {
    what: 'a content is looked for further on where what follows it is negated and at a distance',
    frames: [tcpExchange(7007, ['>xxxxxxxxxxxxxxxxxxxx', '<x', '>a\n'])],
    rules: alerts('tcp-pkt', [
      'content:"x"; offset:2; content:!"x"; distance:11',
      'content:"x"; content:"x"; distance:2; content:!"x"; distance:3',
      'content:"|0a|"; distance:-2; within:1; endswith',
    ]),
  },
  {
    what: 'of a flow that a rule passed before the server spoke, its data is kept',
    frames: [FROM_BEFORE, udpExchange(9, ['>a'])],
    rules: ['pass tcp any any -> any any (sid:1;)', 'alert udp any any -> any any (sid:2;)'],
  },
  {
    what: 'and otherwise only if a rule inspects it',
    frames: [FROM_BEFORE, udpExchange(9, ['>a'])],
    rules: ['pass tcp any any -> any any (flow:to_client; sid:1;)', 'alert udp any any -> any any (sid:2;)'],
  },
  {
    what: 'where no rule inspects streams, encrypted data is shown to none',
    frames: [
      tcpExchange(443, [`>${HELLO}`, '<a', `>${DATA}`, `<${DATA}`]),
      tcpExchange(443, [`>${HELLO}`, '-<a', `>${DATA}`, `<${DATA}`]),
    ],
    rules: alerts('tcp', ['content:!"h: "; offset:2; flags:P+', 'content:!"h: "; flags:P+']),
  },
  {
    what: 'a search gives up after so many steps',
    frames: [100, 200, 240, 250, 255, 260, 265, 270, 280, 400].map((size) =>
      udpExchange(9, [`>${'x'.repeat(size)}`]),
    ),
    rules: alerts('udp', [
      'content:"xx"; offset:2; content:"xx"; distance:11; within:13; content:!"XXXXX"; nocase; distance:10; within:15',
      'content:"x"; content:"x"; within:20; content:"x"; within:20; content:"y"; within:9',
      'content:"x"; content:"x"; within:12; content:!"xx"; distance:0',
    ]),
  },
  {
    what: 'flags are of TCP',
    frames: [udpExchange(9, ['>a', '<b']), tcpExchange(7007, ['>a'])],
    rules: alerts('ip', ['flags:0', 'flags:!A', 'flags:!S', 'flags:A+']),
  },
  {
    what: 'SYN alone to some ports is about what goes to the server',
    frames: [tcpExchange(7007, ['>a'])],
    rules: [
      'alert tcp any any -> any 30000: (flags:S+; sid:1;)',
      'alert tcp any any -> any any (flags:S+; sid:2;)',
      'alert tcp any any -> any 0:65535 (flags:S+; sid:3;)',
      'alert tcp any any -> any 30000: (flags:SA; sid:4;)',
      'alert tcp any any -> any 30000: (flags:S+; flow:to_client; sid:5;)',
      'alert tcp any 7007 <> any any (flags:*S; sid:6;)',
      'alert tcp any any -> any 1: (flags:S+; sid:7;)',
    ],
  },
  {
    what: 'a dropped flow that is not TCP is established once both sides were heard',
    frames: [silent(29), silent(31), silent(299), silent(302)],
    rules: ['drop udp any any -> any any (sid:1;)'],
  },
  {
    what: 'an ICMP error of the client goes to the server, whatever it quotes',
    frames: [made(7, 28)],
    rules: alerts('ip', ['flow:established,to_server', 'flow:established,to_client', 'flow:stateless']),
  },
  {
    what: 'with Fast Open a flow is established at the SYN-ACK',
    frames: [made(2, 37).slice(0, 5)],
    rules: alerts('tcp', ['flow:established', 'flow:not_established', 'flow:stateless']),
  },
  {
    what: 'after a SYN of each side, data of the server ends a handshake and is not established yet',
    frames: [made(19, 14)],
    rules: alerts('tcp', ['flow:established,to_client', 'flow:not_established,to_client']),
  },
  {
    what: 'data that ends a handshake is of an established flow, but not where something is missing before it',
    frames: [
      tcpExchange(7007, ['>a']).filter((_, at) => at !== 2),
      tcpExchange(7007, ['->a', '>b']).filter((_, at) => at !== 2),
    ],
    rules: alerts('tcp', ['flow:established', 'flow:not_established']),
  },
  {
    what: 'data that comes again is shown in the stream if the peer has not acknowledged it, however old it is',
    frames: [comingAgain(8), comingAgain(1)],
    rules: alerts('tcp', ['content:"s"; depth:2; flow:to_client', 'content:"s"; flow:to_client']),
  },
  {
    what: 'data beside SYN and FIN is of the stream',
    frames: [made(9, 11).slice(0, 7)],
    rules: ['drop tcp any any -> any any (content:"x"; sid:1;)'],
  },
]

describe('engine/rules against real Suricata: written conversations', () => {
  for (const { what, frames, rules } of WRITTEN)
    it(what, async () => {
      const cases = frames.map((each, at) => ({ name: `case ${at + 1}`, frames: each }))
      const { found, alerts: told } = await compareRules(cases, rules)
      expect(found).to.deep.equal([])
      expect(told).to.be.greaterThan(0)
    })
})
