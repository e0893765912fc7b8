import { chance, pick, type Roll } from '../conversations/random.test.ts'

/**
 * Requests of HTTP in forms that are unusual, most of them legal, in the order in which a client sends them. The first is one that
 * Suricata takes for HTTP before the server answers: if it does not, the answer is that to no request.
 */
export function randomRequests(roll: Roll): string[] {
  return Array.from({ length: 1 + roll(3) }, (_, at) => request(roll, at === 0))
}

const several = (roll: Roll, most: number, one: () => string) =>
  Array.from({ length: roll(most + 1) }, one).join('')

function request(roll: Roll, plain: boolean): string {
  const end = chance(roll, 85) ? '\r\n' : '\n'
  const [head, body] = bodyOf(roll, end)
  const lines = [...headers(roll), ...head]
  for (let at = lines.length - 1; at > 0; at--) {
    const other = roll(at + 1)
    const moved = lines[at] ?? ''
    lines[at] = lines[other] ?? ''
    lines[other] = moved
  }
  const before = !plain && chance(roll, 8) ? pick(roll, ['\r\n', '\n', '\r\n\r\n']) : ''
  return `${before}${requestLine(roll, plain)}${end}${lines.map((line) => `${line}${end}`).join('')}${end}${body}`
}

const METHODS = ['GET', 'GET', 'HEAD', 'POST', 'PUT', 'OPTIONS']

function requestLine(roll: Roll, plain: boolean): string {
  const method = plain
    ? pick(roll, METHODS)
    : pick(roll, [
        ...METHODS,
        'GET',
        'GET',
        'GET',
        'HEAD',
        'POST',
        'PUT',
        'OPTIONS',
        'Get',
        'PROPFIND',
        'X-Y',
        'M!#$',
      ])
  const version = pick(roll, [
    'HTTP/1.1',
    'HTTP/1.1',
    'HTTP/1.1',
    'HTTP/1.0',
    'http/1.1',
    'HTTP/2.0',
    'HTTP/1.1 ',
  ])
  const gap = () => (chance(roll, 94) ? ' ' : pick(roll, ['  ', '\t', ' \t']))
  return `${method}${gap()}${target(roll)}${gap()}${version}`
}

function target(roll: Roll): string {
  if (chance(roll, 4)) return '*'
  const path = `/${several(roll, 6, () => piece(roll))}`
  const query = chance(roll, 40) ? `?${several(roll, 5, () => piece(roll))}` : ''
  const fragment = chance(roll, 10) ? `#${several(roll, 3, () => piece(roll))}` : ''
  return `${chance(roll, 25) ? origin(roll) : ''}${chance(roll, 92) ? path : ''}${query}${fragment}` || '/'
}

/** What stands before the path of an absolute URI. */
function origin(roll: Roll): string {
  const scheme = pick(roll, ['http', 'HTTP', 'https', 'ftp', 'h-t+p.1', ''])
  const user = chance(roll, 20) ? pick(roll, ['user@', 'u:p@', '@', 'u%40:@']) : ''
  const port = chance(roll, 40) ? pick(roll, [':80', ':8080', ':', ':0', ':99999', ':x']) : ''
  return `${scheme}${chance(roll, 90) ? '://' : pick(roll, [':/', ':', '//'])}${user}${hostname(roll)}${port}`
}

function hostname(roll: Roll): string {
  return pick(roll, [
    'a.example',
    'B.Example',
    'a.example.',
    'a_b.example',
    'xn--caf-dma.example',
    '192.0.2.1',
    '[2001:db8::1]',
    '[2001:DB8::A]',
    'a%2eexample',
    'caf\xc3\xa9.example',
    'a',
    '',
  ])
}

function piece(roll: Roll): string {
  const byte = () => roll(256).toString(16).padStart(2, '0')
  return pick(roll, [
    () => pick(roll, ['a', 'b', 'C', 'index.html', 'x=1', '&', ';', ':', '@', '~', '+', '=', ',']),
    () => pick(roll, ['/', '//', '/./', '/../', '/..', '/.', '.', '..', './', '../', '\\', '\\..\\']),
    () => `%${byte()}`,
    () => `%${byte().toUpperCase()}`,
    () => pick(roll, ['%2e', '%2E%2e', '%2f', '%2F', '%5c', '%00', '%25', '%2541', '%3f', '%23', '%20']),
    () => pick(roll, ['%', '%4', '%zz', '%4g', '%u0041', '%u00e9', '%uff0f', '%u2f', '%U0041', '%u']),
    () =>
      pick(roll, ['\xc3\xa9', '\xe9', '%c3%a9', '%e2%82%ac', '\xe2\x82\xac', '%c0%af', '\xff', '%ef%bc%8f']),
    () => pick(roll, ['"', '<', '|', '^', '`', '{', "'", '\x01', '\x7f', '?', '#']),
  ])()
}

function headers(roll: Roll): string[] {
  const lines = chance(roll, 90) ? [hostLine(roll)] : []
  if (chance(roll, 10)) lines.push(hostLine(roll))
  while (chance(roll, 55)) lines.push(otherLine(roll))
  return lines
}

function hostLine(roll: Roll): string {
  const field = pick(roll, ['Host', 'Host', 'host', 'HOST', 'hOsT'])
  const gap = chance(roll, 85)
    ? ': '
    : pick(roll, [':', ' : ', ':\t', '\t:', ':  ', ':\r\n ', ':\n\t', ':\x0b'])
  const port = chance(roll, 25) ? pick(roll, [':80', ':8080', ':', ':x', ':0', ': 80', ' :80', ':65536']) : ''
  const after = chance(roll, 15)
    ? pick(roll, [' ', '\t', '\r\n ', '\n .b', '\r\n\t:1', ',b.example', '/x', '\x0c'])
    : ''
  return `${field}${gap}${hostname(roll)}${port}${after}`
}

function otherLine(roll: Roll): string {
  return pick(roll, [
    () => `X-${roll(9)}: ${several(roll, 3, () => piece(roll))}`,
    () => `User-Agent: curl/8\r\n folded\r\n\tagain`,
    () => 'Connection: keep-alive, Upgrade\r\nUpgrade: h2c',
    () => 'Expect: 100-continue',
    () => 'Cookie: a=b; c="d"',
    () => `Authorization: ${pick(roll, ['Basic dTpw', 'basic !', 'Digest username="u"', 'Bearer x', ''])}`,
    () =>
      pick(roll, [
        'X',
        ': y',
        ' leading',
        'X Y: z',
        'X\0: y',
        'X: \0y',
        'X:',
        '\x80: y',
        'Content-Type: a/b',
      ]),
    () => `X-Host: ${hostname(roll)}`,
    () =>
      `${pick(roll, ['X: y\r\n', 'X\r\n', ''])}${pick(roll, [' ', '\t', '  ', '\0'])}Host: folded.example`,
    () => 'Host\r\n : folded.example',
  ])()
}

/** Headers about the body, and the body. */
function bodyOf(roll: Roll, end: string): [string[], string] {
  if (chance(roll, 65)) return [[], '']
  const data = several(roll, 4, () =>
    pick(roll, ['body', 'GET / HTTP/1.1\r\n', '\r\n', '\0', 'x'.repeat(90)]),
  )
  if (chance(roll, 40)) {
    const field = pick(roll, [
      'Content-Length: ',
      'content-length:',
      'Content-Length: \t',
      'CONTENT-LENGTH : ',
    ])
    const digits = `${pick(roll, ['', '', '', '0', '000', '+', ' '])}${data.length}`
    const line = `${field}${digits}${pick(roll, ['', '', ' ', '\t'])}`
    return [chance(roll, 10) ? [line, line] : [line], data]
  }
  const coding = pick(roll, [
    'Transfer-Encoding: chunked',
    'transfer-encoding:Chunked',
    'Transfer-Encoding: gzip, chunked',
    'Transfer-Encoding:\r\n chunked',
    'Transfer-Encoding: chunked\r\nContent-Length: 3',
    'Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked',
  ])
  const chunks = Array.from({ length: roll(4) }, () =>
    several(roll, 3, () => pick(roll, ['ab', 'c\r\n', '0\r\n\r\n'])),
  )
  const size = (length: number) => {
    const digits = length.toString(16)
    return `${pick(roll, ['', '', '0', '000', ' '])}${chance(roll, 50) ? digits : digits.toUpperCase()}`
  }
  const extension = () => (chance(roll, 20) ? pick(roll, [';a=b', ' ', ';x="\t"', ' ;y', '\t']) : '')
  const written = chunks
    .filter((chunk) => chunk !== '')
    .map((chunk) => `${size(chunk.length)}${extension()}${end}${chunk}${end}`)
    .join('')
  const trailers = chance(roll, 20)
    ? `Trailer: x${end}${chance(roll, 50) ? `Host: late.example${end}` : ''}`
    : ''
  return [[coding], `${written}0${extension()}${end}${trailers}${end}`]
}
