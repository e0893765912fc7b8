import { expect } from 'chai'
import { compare } from './compare.test.ts'
import { tcpExchange } from './exchange.test.ts'

const HOST = 'Host: a.example\r\n'
const OK = '<HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

function get(target: string, method = 'GET'): string {
  return `>${method} ${target} HTTP/1.1\r\n${HOST}\r\n`
}

function post(headers: string, body: string): string {
  return `>POST /1 HTTP/1.1\r\n${HOST}${headers}\r\n${body}`
}

function answer(status: string, headers = '', body = ''): string {
  return `<HTTP/1.1 ${status} X\r\n${headers}\r\n${body}`
}

const EMPTY = answer('204')
const CONNECT = get('b.example:443', 'CONNECT')
const HEAD = get('/cut').slice(0, 30)
const REST = `>${get('/cut').slice(30)}`

/** What is answered first decides whether the next response has no request, and so interrupts one. */
function thenMore(first: string, method = 'GET'): string[] {
  return [get('/1', method), first, HEAD, OK, REST, get('/next'), OK, get('/more')]
}

const SIZES = [
  'Content-Length: 2\r\n',
  'Content-Length: 2\r\nContent-Length: 5\r\n',
  'content-length:\t2\r\n',
  'Content-Length : 2\r\n',
  'Content-Length: 3\r\n',
  'Content-Length: 1\r\n',
  'Content-Length: x\r\n',
  'Content-Length: 2x\r\n',
  'Content-Length: x2\r\n',
  'Content-Length:\r\n',
  'Content-Length:\r\n 2\r\n',
  '',
  'Content-Type: multipart/byteranges\r\n',
  'Content-Length: 2\r\nContent-Type: multipart/byteranges\r\n',
  'Transfer-Encoding: gzip\r\nContent-Length: 2\r\n',
  'Transfer-Encoding: gzip\r\n',
  'X\r\nContent-Length: 2\r\n',
  ': y\r\nContent-Length: 2\r\n',
  'X: y\r\n z\r\nContent-Length: 2\r\n',
  'X: y\rContent-Length: 2\r\n',
  '\rContent-Length: 2\r\n',
  'X: y\r\n Content-Length: 2\r\n',
  'X: y\r\n\tContent-Length: 2\r\n',
  'X: y\r\n  Content-Length: 2\r\n',
  'X: y\r\n\0Content-Length: 2\r\n',
  'X\r\n Content-Length: 2\r\n',
  ' X\r\n Content-Length: 2\r\n',
  '  Content-Length: 2\r\n',
  ' Content-Length: 2\r\n Y: z\r\n',
  'Content-Length: 2\r\n Y: z\r\n',
  'Content-Length: 2\r\n 5\r\n',
  'Content-Length\r\n : 2\r\n',
  'Content-Length: \r\n :2\r\n',
  'Content-Length:\r\n a:2\r\n',
  'X: y\r\n Z: a\r\n Content-Length: 2\r\n 5\r\n',
  'X: y\r\n Transfer-Encoding: gzip\r\n Content-Length: 2\r\n',
  'X: y\r\n\r\r\nContent-Length: 2\r\n',
  'Content-Length: 2\n\r',
  'Content-Length: 2\n',
]
const FOLDED = SIZES.filter((headers) => /^[ \t]|\n[ \t\0\r]./.test(headers))
const CHUNKS = [
  '0\r\n\r\n',
  '2\r\nok\r\n0\r\n\r\n',
  '2;x=y\r\nok\r\n0\r\n\r\n',
  '2\r\nok\r\n0\r\nA: b\r\n\r\n',
  '2\r\nok0\r\n\r\n',
  'zz\r\n',
  '\r\n2\r\nok\r\n0\r\n\r\n',
  '2 \r\nok\r\n0\r\n\r\n',
  'ffffffff\r\nok',
  '2\r\nok\r\n0\r\n',
  '2\nok\n0\n\n',
]
const FORMS = [
  answer('100'),
  `${answer('100')}${answer('200', 'Content-Length: 0\r\n').slice(1)}`,
  answer('100', 'Content-Length: 2\r\n', 'ok'),
  EMPTY,
  answer('204', 'Content-Length: 2\r\n', 'ok'),
  answer('304'),
  answer('199'),
  answer('101', 'Content-Length: 0\r\n'),
  answer('404', 'Content-Length: 0\r\n'),
  answer('99', 'Content-Length: 0\r\n'),
  answer('2xx', 'Content-Length: 0\r\n'),
  '<http/1.1 204\r\n\r\n',
  '<HTTP/1.1 204\n\n',
  '<\r\nHTTP/1.1 204\r\n\r\n',
  '<junk\r\nHTTP/1.1 204 No\r\n\r\n',
  '<junk\r\nx',
  '<junk\r\n',
  '<junk',
  '<HTTP/1.1 204 No\r\n \nx\r\n\r\n',
  '<HTTP/1.1 204 No\r\n \n\r\n',
  '<HTTP\r\n\r\n',
  '<HTTP/1.1 204 No\r\rA: b\r\n\r\n',
  '<HTTP/1.1 204 No\r\n\r\nmore\r\n',
  '<HTTP/1.1 204 No\r\n\r\nmore',
  '<HTTP/1.1 204 No\r\n\r\nHTTP',
  `${EMPTY}${EMPTY.slice(1)}`,
  `${EMPTY}${EMPTY.slice(1, 9)}`,
]
const REFUSED = answer('417', 'Content-Length: 0\r\n')
const EXPECTED = 'Expect: 100-continue\r\nContent-Length: 500\r\n'

const CASES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'where a response ends, by its headers': SIZES.map((headers) => thenMore(answer('200', headers, 'ok'))),
  'where a response of another version ends, by its headers': [
    'HTTP/1.0',
    'http/1.1',
    'HTTP/1.1x',
    ' HTTP/1.1',
  ].flatMap((version) => FOLDED.map((headers) => thenMore(`<${version} 200 X\r\n${headers}\r\nok`))),
  'where a response ends, by headers that come in two pieces': FOLDED.flatMap((headers) =>
    [headers.indexOf('\n') + 1, headers.indexOf('\n') + 2, headers.indexOf('\n')].map((at) => [
      get('/1'),
      `<HTTP/1.1 200 X\r\n${headers.slice(0, at)}`,
      `<${headers.slice(at)}\r\nok`,
      HEAD,
      OK,
      REST,
      get('/next'),
    ]),
  ),
  'folded headers of requests': FOLDED.flatMap((headers) => [
    [post(headers, 'ok'), get('/2'), get('/3')],
    [post(headers.replaceAll('Content-Length', 'Host').replaceAll('2', 'b.example'), ''), OK, get('/2')],
    [
      `>GET /1 HTTP/1.1\r\n${headers.replaceAll('Content-Length', 'Host').replaceAll('2', 'b.example')}\r\n`,
      OK,
      get('/2'),
    ],
  ]),
  'where a response ends, by its chunks': CHUNKS.map((body) =>
    thenMore(answer('200', 'Transfer-Encoding: chunked\r\n', body)),
  ),
  'where a response ends, by its status and form': FORMS.map((form) => thenMore(form)),
  'responses to HEAD': [
    thenMore(answer('200', 'Content-Length: 2\r\n'), 'HEAD'),
    thenMore(answer('200'), 'HEAD'),
    thenMore(answer('200', 'Transfer-Encoding: chunked\r\n'), 'HEAD'),
    thenMore(answer('200', 'Content-Length: 2\r\n'), 'head'),
  ],
  'more responses than requests': [
    [get('/1'), get('/2'), EMPTY, EMPTY, EMPTY, get('/3'), get('/4')],
    [`${get('/1')}${get('/2').slice(1)}`, EMPTY, HEAD, EMPTY, EMPTY, REST, get('/4'), get('/5')],
    ['>GET /old\r\n\r\n', EMPTY, EMPTY, get('/2')],
    ['>GET /old\r\n\r\n', get('/2'), EMPTY, EMPTY, get('/3')],
    [get('/1'), EMPTY, '>GET /ol', EMPTY, '>d\r\n\r\n', EMPTY, get('/3'), EMPTY, get('/4')],
    [get('/1'), EMPTY, '>old 50\r\n\r', EMPTY, '>\n', '>x'],
    [post('Content-Length: 5\r\n', 'he'), EMPTY, EMPTY, '>llo', get('/2'), get('/3')],
    [post('Content-Length: 500\r\n', 'he'), EMPTY, EMPTY, '>llo', get('/2'), get('/3')],
    [post('Transfer-Encoding: chunked\r\n', '2\r\nok\r'), EMPTY, EMPTY, '>\n0\r\n\r\n', get('/2')],
    [get('/1').slice(0, -2), EMPTY, EMPTY, '>X: y\r\n\r\n', get('/2'), EMPTY, get('/3')],
    [`${get('/1').slice(0, -2)}X`, EMPTY, EMPTY, '>: y\r\n\r\n', get('/2'), EMPTY, get('/3')],
  ],
  'requests whose body waits for leave': [
    [post('Content-Length: 500\r\n', ''), REFUSED, get('/2'), get('/3')],
    [post(EXPECTED, ''), REFUSED, get('/2'), get('/3')],
    [post(EXPECTED, ''), answer('400', 'Content-Length: 0\r\n'), get('/2'), get('/3')],
    [post(EXPECTED, ''), answer('399', 'Content-Length: 0\r\n'), get('/2'), get('/3')],
    [post(EXPECTED, ''), answer('500', 'Content-Length: 0\r\n'), get('/2'), get('/3')],
    [post(EXPECTED.replace('100-c', '100-C'), ''), REFUSED, get('/2'), get('/3')],
    [post(EXPECTED.replace('continue', 'continue, x'), ''), REFUSED, get('/2'), get('/3')],
    [post(EXPECTED, 'x'), REFUSED, get('/2'), get('/3')],
    [post('Expect: 100-continue\r\nContent-Length: 5\r\n', ''), answer('100'), '>hello', EMPTY, get('/2')],
  ],
  'what follows 101': [
    [get('/1'), answer('101', 'Upgrade: websocket\r\n'), '>\x81\x05', get('/2'), get('/3')],
    [get('/1'), answer('101', 'Upgrade: websocket\r\n', 'abc'), get('/2'), '<def', get('/3')],
  ],
  'what follows a CONNECT that was not granted': ['407', '403', '500', 'x'].flatMap((status) => {
    const no = answer(status, 'Content-Length: 2\r\n', 'no')
    return [
      [CONNECT, no, get('/2'), OK, get('/3')],
      [CONNECT, get('/lost'), no, get('/2'), OK, get('/3')],
      [CONNECT, no, CONNECT, answer('200'), get('/2'), OK, get('/3')],
      [CONNECT, no, CONNECT, answer('200'), '>\x16\x03\x01\x00\x00', get('/2'), OK, get('/3')],
      [CONNECT, no, CONNECT, answer('200'), '>\x16\x03\x01', get('/2'), OK, get('/3')],
    ]
  }),
  'responses of which something is lost': [
    [
      get('/1'),
      '-<HTTP/1.1 200 OK',
      '<\r\nContent-Length: 2\r\n\r\nok',
      get('/2'),
      OK,
      get('/3'),
      OK,
      get('/4'),
    ],
    ...['0123456789', '0123456789xxxxxxxxxxxxxxxx'].map((lost) => [
      get('/1'),
      '<HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n',
      `-<${lost}`,
      '<0123456789',
      HEAD,
      OK,
      REST,
      get('/3'),
      OK,
    ]),
  ],
}

describe('the application layer, against Suricata 7: responses of HTTP', () => {
  for (const [what, exchanges] of Object.entries(CASES))
    it(what, async () => {
      const cases = exchanges.map((lines) => ({
        name: JSON.stringify(lines).slice(0, 160),
        frames: tcpExchange(80, lines),
      }))
      const { alerts, differences } = await compare(cases, 'drop')
      expect(differences).to.deep.equal([])
      expect(alerts).to.be.above(cases.length)
    })
})
