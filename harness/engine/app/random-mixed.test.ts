import { chance, pick, type Roll } from '../conversations/random.test.ts'
import { randomAnswers } from './random-responses.test.ts'
import { connect, filler, GRANTED, INSIDE, REFUSED } from './tunnelled.test.ts'

const HOST = 'Host: a.example\r\n'
const FOLDS = [
  '',
  '',
  'X: y\r\n folded\r\n',
  'X: y\r\n\tHost: c.example\r\n',
  '\0X: y\r\n',
  ' leading: x\r\n',
]

/**
 * A conversation over HTTP of several acts: requests one by one and together, bodies in chunks, folded headers, CONNECTs granted and refused
 * with whatever is said in a tunnel, upgrades, more or fewer answers than asked for, and losses. Lines as for `tcpExchange`.
 */
export function randomMixed(roll: Roll): string[] {
  const lines = begun(roll)
  for (let acts = roll(5); acts > 0; acts--) lines.push(...act(roll, acts))
  // Where bytes are lost while a tunnel is looked into, the engine reads no further (docs/application-layer.md).
  const loses = !lines.some((line) => line.startsWith('>CONNECT'))
  const broken = lines
    .slice(1)
    .flatMap((line) => [
      ...(chance(roll, 8) ? [pick(roll, ['>', '<'])] : []),
      ...(chance(roll, 12)
        ? inTwo(roll, line)
        : [loses && chance(roll, 4) && line.length > 1 ? `-${line}` : line]),
    ])
  return [...lines.slice(0, 1), ...broken]
}

/** What a client says first: HTTP, or what only the server's answer shows to be taken for it. */
function begun(roll: Roll): string[] {
  return pick(roll, [
    () => connected(roll),
    () => pipelined(roll, 6),
    () => [`>${request(roll, 6)}`, `<${response(roll)}`],
    () => [pick(roll, JUNK), ...pick(roll, [[], [], ['>more']]), `<${response(roll)}`],
  ])()
}

const JUNK = [
  '>junk',
  `>${filler(16)}`,
  `>${filler(17)}`,
  `>${filler(40)}`,
  '>x\n',
  '>\r\n',
  '>abc def\r\n\r\n',
]
const SAID = INSIDE.filter((lines) => !lines.some((line) => line.startsWith('-')))

/** A line in two segments, of which the second may come after a word of the other side. */
function inTwo(roll: Roll, line: string): string[] {
  if (line.length < 4 || line.startsWith('-')) return [line]
  const way = line.slice(0, 1)
  const at = 2 + roll(line.length - 3)
  const between = chance(roll, 15) ? [way === '>' ? `<${response(roll)}` : '>'] : []
  return [line.slice(0, at), ...between, `${way}${line.slice(at)}`]
}

function act(roll: Roll, nth: number): string[] {
  return pick(roll, [
    () => [`>${request(roll, nth)}`, `<${response(roll)}`],
    () => [`>${request(roll, nth)}`, `<${response(roll)}`],
    () => pipelined(roll, nth),
    () => pipelined(roll, nth),
    () => connected(roll),
    () => upgraded(roll, nth),
    () => [`>${request(roll, nth)}`],
    () => [`<${response(roll)}`],
    () => randomAnswers(roll).slice(0, 1 + roll(5)),
    () => [pick(roll, ['>junk', '<junk\r\n', '>\r\n', '>\0', '<\0\0', `>${filler(roll(5000))}`])],
  ])()
}

function pipelined(roll: Roll, nth: number): string[] {
  const count = 2 + roll(3)
  const requests = Array.from({ length: count }, (_, at) => request(roll, nth * 10 + at))
  const answers = Array.from({ length: chance(roll, 80) ? count : roll(count + 2) }, () => response(roll))
  const asked = chance(roll, 60) ? [`>${requests.join('')}`] : requests.map((each) => `>${each}`)
  return [...asked, ...(chance(roll, 50) ? [`<${answers.join('')}`] : answers.map((each) => `<${each}`))]
}

function connected(roll: Roll): string[] {
  const asked = connect(
    pick(roll, [
      'b.example:443',
      'b.example:443',
      'b.example:22',
      'b.example:53',
      'b.example',
      ':1',
      '[::1]:53',
    ]),
    pick(roll, ['', '', '', 'Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', 'X: y\r\n z\r\n']),
  )
  const inside = pick(roll, SAID)
  return pick(roll, [
    () => [asked, GRANTED, ...inside],
    () => [asked, GRANTED, ...inside],
    () => [asked, GRANTED, ...inside.slice(0, 1 + roll(inside.length))],
    () => [asked, `<HTTP/1.1 2${roll(10)}0 ${'X\r\n'}${header(roll)}\r\n`, ...inside],
    () => [
      asked,
      `${GRANTED}${pick(roll, ['x', '\x16\x03\x01', 'SSH-2.0-x\r\n', response(roll)])}`,
      ...inside,
    ],
    () => [asked, ...inside.slice(0, 1), GRANTED, ...inside],
    () => [`${asked}${inside[0]?.slice(1) ?? ''}`, GRANTED, ...inside],
    () => [asked, REFUSED, ...inside],
    () => [asked, '<HTTP/1.1 407 Who\r\nContent-Length: 2\r\n\r\nno', asked, GRANTED, ...inside],
    () => [asked.replace('CONNECT', 'connect'), GRANTED, ...inside],
  ])()
}

function upgraded(roll: Roll, nth: number): string[] {
  const length = pick(roll, ['', '', '', 'Content-Length: 0\r\n', 'X: y\r\n Content-Length: 0\r\n'])
  return [
    `>GET /${nth} HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    `<HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n${length}\r\n${pick(roll, ['', '', '\x81\x02hi'])}`,
    ...pick(roll, [['>\x81\x85maskhello', '<\x81\x02hi'], [`>${request(roll, nth)}`], []]),
  ]
}

function request(roll: Roll, nth: number): string {
  const target = `/${nth}`
  const headers = `${HOST}${pick(roll, FOLDS)}`
  return pick(roll, [
    () => `GET ${target} HTTP/1.1\r\n${headers}\r\n`,
    () => `GET ${target} HTTP/1.1\r\n${headers}\r\n`,
    () => `${pick(roll, ['HEAD', 'OPTIONS', 'X-Y'])} ${target} HTTP/1.${roll(2)}\r\n${headers}\r\n`,
    () => `POST ${target} HTTP/1.1\r\n${headers}Content-Length: 5\r\n\r\nhello`,
    () => `POST ${target} HTTP/1.1\r\n${headers}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`,
    () => `PUT ${target} HTTP/1.1\r\n${headers}Transfer-Encoding: chunked\r\n\r\n${chunks(roll)}`,
    () => `GET ${target}\r\n`,
  ])()
}

function response(roll: Roll): string {
  const status = pick(roll, ['200', '200', '200', '204', '304', '403', '100', '417', '500'])
  const version = pick(roll, ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0'])
  const [said, body] = pick(roll, [
    (): [string, string] => ['Content-Length: 2\r\n', 'ok'],
    (): [string, string] => ['Content-Length: 2\r\n', 'ok'],
    (): [string, string] => ['X: y\r\n Content-Length: 2\r\n', 'ok'],
    (): [string, string] => ['Content-Length:\r\n 2\r\n', 'ok'],
    (): [string, string] => ['Transfer-Encoding: chunked\r\n', chunks(roll)],
    (): [string, string] => ['X: y\r\n\tTransfer-Encoding: chunked\r\n', chunks(roll)],
    (): [string, string] => ['', ''],
  ])()
  return `${version} ${status} X\r\n${header(roll)}${said}\r\n${status === '204' || status === '304' ? '' : body}`
}

function header(roll: Roll): string {
  return pick(roll, ['', '', 'Server: x\r\n', 'X: y\r\n', 'X: y\r\n z\r\n', ...FOLDS])
}

function chunks(roll: Roll): string {
  const bodies = Array.from({ length: roll(3) }, () => 'data'.repeat(1 + roll(4)))
  const written = bodies.map(
    (body) => `${body.length.toString(16)}${pick(roll, ['', '', ';x=y'])}\r\n${body}\r\n`,
  )
  return `${written.join('')}0\r\n${pick(roll, ['', '', 'A: b\r\n', 'A: b\r\n c\r\n'])}\r\n`
}
