import { expect } from 'chai'
import { compare } from './compare.test.ts'
import { tcpExchange, udpExchange } from './exchange.test.ts'
import { hello, name, prefixed, query, record, SERVER_HELLO, sni, u16 } from './messages.test.ts'

const OK = '<HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const HOST = 'Host: a.example\r\n'

/** A request for that target. */
function get(target: string, headers = HOST): string {
  return `>GET ${target} HTTP/1.1\r\n${headers}\r\n`
}

const TARGETS = [
  '/',
  '/a/b?c=d&e=%41+f#g%42',
  '//a///b',
  '/a/./b/../c',
  '/a/..',
  '/a/.',
  '/..',
  '/../x',
  '/a/b/../../c/.',
  './a',
  '../a',
  '.',
  '..',
  '/%41%2f%2F%5c\\x',
  '/%zz%4',
  '/%',
  '/%u0041%u00e9%uff21%u1',
  '/caf\xc3\xa9',
  '/\xe9x',
  '/%c3%a9?%c3%a9',
  '/%00x',
  'http://User:Pw@B.Example:8080/p?q',
  'http://B.Example./',
  'http://[2001:DB8::1]:80/x',
  'http:/one',
  'b.example/x',
  '*',
  '/x?a?b#c#d',
  '/a\tb',
  '/A/%2e%2e/B',
  'http://u:p@/x',
  'http://:80/x',
  'http://?x',
  '/%u2215%e2%88%95..%ef%bd%81',
  '/%ec%8c%2E%ed%a0%80%f4%90%80%80',
]
const HEADERS = [
  'Host: B.Example\r\n',
  'Host: B.Example:8080\r\n',
  'host:b.example\r\n',
  'HOST :  b.example  \r\n',
  'Host: [2001:DB8::1]:80\r\n',
  'Host: a.example\r\nHost: b.example\r\n',
  'Host: a.\r\n example\r\n',
  'X: y\r\n z\r\nHost: a\r\n',
  'Host:\r\n',
  'Host: a b\r\n',
  'Host a.example\r\n',
  'Host: a.example.\r\n',
  'Host:\r\nHost: b.example:80\r\n',
  'Host: a\r\nAuthorization: basic !\r\n',
  'Host: a\r\nAuthorization: basic\r\n dTpw\r\n',
  'Host: a\r\nAuthorization:\r\nAuthorization: basic !\r\n',
  'Host: a\r\nContent-Length:\r\n',
  'Host: a\r\nTransfer-Encoding: chunked x\r\n',
  '',
]
const LINES = [
  'GET / HTTP/1.0',
  'GET /',
  'GET',
  'get / HTTP/1.1',
  'GET  /  HTTP/1.1',
  'GET\t/\tHTTP/1.1',
  ' GET / HTTP/1.1',
  'POST /x HTTP/1.1',
  'PROPFIND /x HTTP/1.1',
  'FOO / HTTP/1.1',
  'GETX / HTTP/1.1',
  'VERSION-CONTROL /x HTTP/1.1',
]

const HTTP: readonly (readonly string[])[] = [
  ...TARGETS.map((target) => [get(target), OK, get('/next'), OK]),
  ...HEADERS.map((headers) => [get('/', headers), OK, get('/next'), OK]),
  ...LINES.map((line) => [`>${line}\r\n${HOST}\r\n`, OK, get('/next'), OK]),
  ...LINES.map((line) => [`>${line}\r\n`, `>${HOST}\r\n`, OK, get('/next'), OK]),
  ...LINES.map((line) => [get('/first'), OK, `>${line}\r\n${HOST}\r\n`, OK]),
  [`${get('/1')}${get('/2').slice(1)}`, OK, OK],
  [`${get('/1')}${get('/2').slice(1, 20)}`, `>${get('/2').slice(20)}`, OK],
  [`>POST /1 HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhello${get('/2').slice(1)}`, OK],
  [`>POST /1 HTTP/1.1\r\n${HOST}Content-Length: 500\r\n\r\nhello`, get('/no'), OK],
  [`>POST /1 HTTP/1.1\r\n${HOST}Content-Length: x\r\n\r\nhello`, get('/2'), OK],
  [`>POST /1 HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\nhello\n${get('/2').slice(1)}`, get('/3'), OK],
  [`>POST /1 HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`, get('/2'), OK],
  [
    `>POST /1 HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\n\r\n3;x=y\r\nabc\r\n`,
    `>0\r\nTrailer: z\r\n\r\n${get('/2').slice(1)}`,
  ],
  [`>POST /1 HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, get('/2'), OK],
  [`>POST /1 HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip\r\n\r\nab`, get('/2'), OK],
  [`>\r\n\r\n${get('/').slice(1)}`, OK],
  [`${get('/1')}\r\n\r\n`, get('/2'), OK],
  [`${get('/1')}x\nX-Y /no HTTP/1.1\n\nX-Y /2 HTTP/1.1\r\n\r\n`, get('/3'), OK],
  [`${get('/1')}${get('/2', 'Authorization: basic !\r\n').slice(1)}`, get('/3'), OK],
  [get('/1').replaceAll('\r\n', '\n'), OK, get('/2')],
  [`>GET /${'x'.repeat(20_000)}`, ' HTTP/1.1\r\n\r\n', get('/2')],
  [get('/1'), '<garbage that is no answer', get('/2')],
  ['<HTTP/1.1 200 OK\r\n\r\n', get('/2'), OK],
  [OK, '>X-Y /1 HTTP/1.1\r\n\r\n', get('/2'), OK],
  [OK, '>X-Y /1 HTTP/1.1\n\nX-Y /2 HTTP/1.1\r\n\r\n', get('/3'), OK],
  [OK, `${get('/1')}X-Y /2 HTTP/1.1\r\n\r\n`, get('/3'), OK],
  ['<hello, I speak first\r\n', get('/1'), OK, get('/2')],
  ['>FOO bar baz qux quux\r\n', '<unknown to all the world', get('/1')],
  [`-${get('/1')}`, OK, get('/2'), OK, get('/3')],
  [get('/1').slice(0, 10), `->${get('/1').slice(10)}`, OK, get('/2'), OK],
  [`>POST /1 HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\n`, '->0123456789', OK, get('/2'), OK],
  [`>POST /1 HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\n`, '->01234', '>56789', OK, get('/2'), OK],
]

const LONG_BANNER = `>SSH-2.0-${'x'.repeat(300)}`
const NEW_KEYS = '\0\0\0\x0c\x04\x15\0\0\0\0\0\0\0\0\0\0'
const SSH: readonly (readonly string[])[] = [
  ['<SSH-2.0-x\r\n', '>SSH-2.0-y\r\n', '>\0\0\0\x04\x01\x15ab'],
  ['>SSH-1.99-x y\n', '<SSH-1.5-z\n'],
  ['>SSH-2.0-x\r', '>\n', '<SSH-2.0-y\r', '<z'],
  ['>SSH-2.0', '>-x\r\n', '<SSH', '<-', '<2.0-y\n'],
  ['>SSH-\r\n', '<SSH-2.0-y\r\n'],
  ['>ssh-2.0-x\r\n', '<SSH-2.0-y\r\n'],
  [`>SSH-2.0-${'x'.repeat(300)}`, '>yz\r\n', '<SSH-2.0-y\r\n'],
  ['<hello', '>SSH-2.0-y\r\n', '<SSH-2.0-y\r\n'],
  ['>SSH-2.0-x\r\n', '<HTTP/1.1 200 OK\r\n', '>more'],
  ['>SSH-2.0-x\r\n', '>\0\0\0\0\0\0\0', '<SSH-2.0-y\r\n'],
  ['>SSH-2.0-x\r\n\0\0\0\0\0\0\0\0', '<SSH-2.0-y\r\n', '>abc'],
  ['<SSH-2.0-y\r\n', '>SSH-2.0-x\r\n\0\0\0\0\0\0\0\0', '<abc', '>d'],
  [LONG_BANNER, `>yz\r\n${NEW_KEYS}`, '<SSH-2.0-y\r\n', '>abc', '<d'],
  [LONG_BANNER, '<SSH-2.0-y\r\n', `>yz\r\n${NEW_KEYS}`, '>abc', '<d'],
  [LONG_BANNER, `<SSH-2.0-y\r\n${NEW_KEYS}`, `>yz\r\n${NEW_KEYS}`, '>abc', '<d'],
  [`<SSH-2.0-y\r\n${NEW_KEYS}`, '>SSH-2.0-x\r', `>${NEW_KEYS}`, '<abc'],
]

const TLS: readonly (readonly string[])[] = [
  [`>${record(hello(sni('a.example')))}`, `<${SERVER_HELLO}`, `>${record('x', 23)}`, `<${record('y', 23)}`],
  [`>${record(hello(`${sni('A.Example')}${sni('b.example')}`))}`, `<${SERVER_HELLO}`],
  [`>${record(hello('\0\x17\0\0'))}`, `<${SERVER_HELLO}`],
  [`>${record(hello(sni('a.example')).slice(0, 20))}`, `>${record(hello(sni('a.example')).slice(20))}`],
  [
    `>${record(hello(sni('a.example')).slice(0, 20))}${record(hello(sni('a.example')).slice(20, 40))}`,
    `>${record(hello(sni('a.example')).slice(40))}`,
  ],
  [`>${record(hello(sni('a\0b')))}`, `<${SERVER_HELLO}`],
  [`>${record(hello(`${sni('a.example')}\0\x2a\0\0`))}`, `>${record('early', 23)}`, `<${SERVER_HELLO}`],
  [`>${record(hello(sni('')))}`, `<${SERVER_HELLO}`],
  [`<${SERVER_HELLO}`, `>${record(hello(sni('a.example')))}`],
  ['<x', `>${record(hello(sni('a.example')))}`, `<${SERVER_HELLO}`],
  [`>${record('zzzz', 99)}`, `>${record(hello(sni('a.example')))}`],
  [`>${record('ab', 21)}`, `>${record(hello(sni('a.example')))}`, `<${SERVER_HELLO}`],
  [`>${record('\x01', 20)}${record(hello(sni('a.example')))}`, `<${SERVER_HELLO}`],
  ['>\x16\x03', `>${record(hello(sni('a.example'))).slice(2)}`, `<${SERVER_HELLO}`],
  [`>${record(hello(sni('a.example')), 22, '\x03\x04')}`, `<${SERVER_HELLO}`],
  [`>${record(hello(sni('a.example')), 22, '\x03\x00')}`, `<${SERVER_HELLO}`],
  ['>\x80\x2e\x01\x03\x01\0\x15\0\0\0\x10', '<x'],
  [`>${record(`\x10\0\0\x02ab${hello(sni('a.example'))}`)}`, `<${SERVER_HELLO}`],
  [
    `>${record(hello(sni('a.example')))}${record(hello(sni('b.example')))}`,
    `<${SERVER_HELLO}`,
    `>${record(hello(sni('c.example')))}`,
  ],
  // Of which Suricata hears only once the server has answered.
  [`>${record(hello(sni('a.example')), 22, '\x03\x04')}`, `<${SERVER_HELLO}`, `>${record('\x01', 20)}`],
  [
    `>${record(hello(`\0\x0d${u16(6)}${u16(2)}\x04\x03\0\0${sni('a.example')}`))}`,
    `<${SERVER_HELLO}`,
    `>${record(hello(sni('b.example')))}`,
  ],
  [`>${record(hello(''))}`, `<${SERVER_HELLO}`, `>${record(hello(sni('b.example')), 22, '\x03\x05')}`],
  [`>${record(hello(''))}`, `>${record('\x01', 20)}${record(hello(sni('b.example')))}`, `<${SERVER_HELLO}`],
]

const MESSAGES = [
  query([name('a.example')]),
  query([name('a.example'), name('b.example')]),
  query([name('a.example'), '\0', name('b.example')]),
  query([name('A.Example'), '\x01b\xc0\x0c']),
  query(['\xc0\x0c']),
  query(['\xc0\x0e']),
  query(['\xc1\xff']),
  query(['\x40abc\0']),
  query(['\0']),
  query([]),
  query([name('a.example')]).slice(0, 20),
  query([name('a.example')]).slice(0, 11),
  query([name('a.example')], 0x8180),
  `${u16(7)}${u16(0x100)}${u16(9)}\0\0\0\0\0\0`,
  `${query([name('a.example')])}trailing`,
  query([name(`${'x'.repeat(60)}.`.repeat(30).slice(0, -1))]),
  query([`${name('a').slice(0, -1)}\xc0\x0c`]),
]
/** Without an answer that goes to a server first: Suricata then takes the client for the server, which the engine does not. */
const DNS_UDP: readonly (readonly string[])[] = [
  ...MESSAGES.filter((message) => message.charCodeAt(2) < 0x80).map((message) => [
    `>${message}`,
    `<${query([name('a.example')], 0x8180)}`,
    `>${MESSAGES[0]}`,
  ]),
  [`<${query([name('a.example')], 0x8180)}`, `>${MESSAGES[0]}`],
  ['>junk', `<${query([name('a.example')], 0x8180)}`, `>${MESSAGES[0]}`],
  ['>junk', '<junk', `>${MESSAGES[0]}`],
]

const DNS_TCP: readonly (readonly string[])[] = [
  ...MESSAGES.map((message) => [
    `>${prefixed(message)}`,
    `<${prefixed(query([name('a.example')], 0x8180))}`,
    `>${prefixed(MESSAGES[0] ?? '')}`,
  ]),
  [`>${prefixed(MESSAGES[0] ?? '')}${prefixed(MESSAGES[1] ?? '')}`],
  ['>\0', `>${prefixed(MESSAGES[0] ?? '').slice(1)}`],
  [`>\0\0${prefixed(MESSAGES[0] ?? '')}`, '<x'],
  [`->${prefixed(MESSAGES[0] ?? '')}`, `<${prefixed(query([], 0x8180))}`, `>${prefixed(MESSAGES[1] ?? '')}`],
]

/** Names of cases are what is sent, cut. */
function tcp(port: number, exchanges: readonly (readonly string[])[]) {
  return exchanges.map((lines) => ({
    name: `port ${port}: ${JSON.stringify(lines).slice(0, 120)}`,
    frames: tcpExchange(port, lines),
  }))
}

describe('the application layer, against Suricata 7: written conversations', () => {
  for (const [what, cases] of [
    ['HTTP', [...tcp(80, HTTP), ...tcp(8080, [...HTTP, ['>FOO bar baz qux quux\r\n', OK, get('/1')]])]],
    ['SSH', tcp(22, SSH)],
    ['TLS', [...tcp(443, TLS), ...tcp(8443, TLS)]],
    ['DNS over TCP', [...tcp(53, DNS_TCP), ...tcp(5353, DNS_TCP)]],
    [
      'DNS over UDP',
      [
        ...DNS_UDP.map((lines) => ({ name: JSON.stringify(lines), frames: udpExchange(53, lines) })),
        ...DNS_UDP.map((lines) => ({
          name: `5353 ${JSON.stringify(lines)}`,
          frames: udpExchange(5353, lines),
        })),
      ],
    ],
  ] as const)
    it(what, async () => {
      const { alerts, differences } = await compare(cases, 'drop')
      expect(differences).to.deep.equal([])
      expect(alerts).to.be.above(0)
    })
})
