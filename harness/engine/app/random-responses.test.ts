import { chance, pick, type Roll } from '../conversations/random.test.ts'

const HOST = 'Host: a.example\r\n'

/**
 * A conversation over HTTP in which the server does not always answer what was asked: more or fewer responses than requests, some in
 * the middle of a request, and in forms that are unusual. Lines as for `tcpExchange`.
 */
export function randomAnswers(roll: Roll): string[] {
  const lines = [`>${request(roll, 0)}`]
  const steps = 2 + roll(8)
  for (let at = 1; at <= steps; at++) {
    if (chance(roll, 50)) lines.push(`<${response(roll)}`)
    else if (chance(roll, 60)) lines.push(`>${request(roll, at)}`)
    else {
      const whole = request(roll, at)
      const cut = 1 + roll(whole.length - 1)
      lines.push(`>${whole.slice(0, cut)}`, `<${response(roll)}`, `>${whole.slice(cut)}`)
    }
    if (chance(roll, 6)) lines.push(`-${pick(roll, ['<', '>'])}${'x'.repeat(1 + roll(12))}`)
  }
  return [...lines, `>${request(roll, 98)}`, `<${response(roll)}`, `>${request(roll, 99)}`]
}

function request(roll: Roll, nth: number): string {
  const method = pick(roll, ['GET', 'GET', 'GET', 'HEAD', 'head', 'OPTIONS', 'X-Y'])
  return pick(roll, [
    () => `${method} /${nth} HTTP/1.1\r\n${HOST}\r\n`,
    () => `${method} /${nth} HTTP/1.1\r\n${HOST}\r\n`,
    () => `POST /${nth} HTTP/1.1\r\n${HOST}${expectation(roll)}Content-Length: 5\r\n\r\nhello`,
    () => `POST /${nth} HTTP/1.1\r\n${HOST}${expectation(roll)}Content-Length: 50\r\n\r\n`,
    () => `PUT /${nth} HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    () => `GET /${nth} HTTP/1.1\r\n${HOST}\r\nGET /${nth}/next HTTP/1.1\r\n\r\n`,
  ])()
}

function expectation(roll: Roll): string {
  return pick(roll, ['', 'Expect: 100-continue\r\n', 'expect:100-Continue\r\n', 'Expect: 200-ok\r\n'])
}

function response(roll: Roll): string {
  const end = chance(roll, 85) ? '\r\n' : '\n'
  const [sized, body] = bodyOf(roll, end)
  const fields = [...sized, ...Array.from({ length: roll(3) }, () => field(roll))]
  if (chance(roll, 50)) fields.reverse()
  const before = chance(roll, 5) ? pick(roll, ['\r\n', '\n', 'junk\r\n', ' \r\n', 'x\ny\n']) : ''
  const after = chance(roll, 15)
    ? pick(roll, ['more', 'more\r\n', '\r\n', 'HTTP', 'GET / HTTP/1.1\r\n\r\n'])
    : ''
  const head = [statusLine(roll), ...fields].map((line) => `${line}${end}`).join('')
  const next = chance(roll, 10) ? response(roll) : ''
  return `${before}${head}${end}${body}${after}${next}`
}

function statusLine(roll: Roll): string {
  const version = pick(roll, [
    'HTTP/1.1',
    'HTTP/1.1',
    'HTTP/1.1',
    'HTTP/1.0',
    'http/1.1',
    'HTTP/2',
    'HTTP',
    ' HTTP/1.1',
  ])
  const status = pick(roll, [
    '200',
    '200',
    '200',
    '204',
    '304',
    '404',
    '417',
    '100',
    '102',
    '500',
    '99',
    '2x0',
    '',
  ])
  return `${version}${pick(roll, [' ', ' ', ' ', '  ', '\t'])}${status}${pick(roll, [' OK', ' OK', '', ' ', ' Not so  good'])}`
}

function field(roll: Roll): string {
  return pick(roll, [
    'Server: x',
    'Content-Type: a/b; c=d',
    'Content-Type: multipart/byteranges; boundary=x',
    'Connection: close',
    'X: y\r\n folded',
    'X: y\r\n Content-Length: 2',
    'X: y\r\n\tTransfer-Encoding: gzip',
    'X: y\r\n  Z: a\r\n b',
    ' folded: first',
    'Content-Length\r\n : 3',
    'X: y\r\n\0nul: z',
    'X',
    ': y',
    'X Y: z',
    'Upgrade: h2c',
    'Set-Cookie: a=b',
  ])
}

/** Headers about the body, and the body, of which one in four is longer or shorter than they say. */
function bodyOf(roll: Roll, end: string): [string[], string] {
  const data = 'ok'.repeat(roll(4))
  const said = chance(roll, 75) ? data.length : roll(12)
  return pick(roll, [
    (): [string[], string] => [[], data],
    (): [string[], string] => [[`Content-Length: ${said}`], data],
    (): [string[], string] => [[`Content-Length: ${said}`], data],
    (): [string[], string] => [[`content-length :${pick(roll, ['', '\t', 'x', '0', '-'])}${said}`], data],
    (): [string[], string] => [[`Content-Length: ${said}`, `Content-Length: ${roll(9)}`], data],
    (): [string[], string] => [
      [`Transfer-Encoding: ${pick(roll, ['chunked', 'gzip, Chunked', 'xchunkedx'])}`],
      chunks(roll, data, said, end),
    ],
    (): [string[], string] => [
      ['Transfer-Encoding: chunked', `Content-Length: ${said}`],
      chunks(roll, data, said, end),
    ],
    (): [string[], string] => [['Transfer-Encoding: gzip', `Content-Length: ${said}`], data],
  ])()
}

function chunks(roll: Roll, data: string, said: number, end: string): string {
  const size = `${pick(roll, ['', '', '0', ' '])}${said.toString(16)}${pick(roll, ['', '', ';a=b', ' '])}`
  const trailer = chance(roll, 20) ? `A: b${end}` : ''
  const one = data === '' ? '' : `${size}${end}${data}${end}`
  return `${chance(roll, 10) ? end : ''}${one}${pick(roll, ['0', '0', '00', '0;x', 'zz'])}${end}${trailer}${end}`
}
