import { chance, pick, type Roll } from '../conversations/random.test.ts'
import { name, prefixed, query, record, SERVER_HELLO, sni, u16 } from './messages.test.ts'

const u24 = (value: number) => `${String.fromCharCode(value >> 16)}${u16(value & 0xffff)}`
const some = (roll: Roll, least: number, most: number) => least + roll(most - least + 1)
const bytes = (roll: Roll, length: number) =>
  Array.from({ length }, () => String.fromCharCode(roll(256))).join('')

/** What is sent before encryption begins in TLS, and a little after: lines as in `tcpExchange`. */
export function randomHellos(roll: Roll): string[] {
  const alert = record('\x01\x70', 21, version(roll))
  const before = chance(roll, 8) ? pick(roll, [alert, record('\x01', 20), record(`\0${u24(0)}`)]) : ''
  const message = `${chance(roll, 6) ? `\x18${u24(2)}xy` : ''}${clientHello(roll)}`
  const lines = [`>${before}${inRecords(roll, message)}`]
  if (chance(roll, 85)) lines.push(`<${SERVER_HELLO}`)
  if (chance(roll, 10)) lines.push(`>${inRecords(roll, clientHello(roll))}`)
  if (chance(roll, 60))
    lines.push(`>${record('\x01', 20)}${record('secret', 23)}`, `<${record('secret', 23)}`)
  return lines
}

function version(roll: Roll): string {
  return pick(roll, ['\x03\x01', '\x03\x01', '\x03\x03', '\x03\x00', '\x03\x04', '\x7f\x1c', '\x03\x05'])
}

/** A handshake message cut over one record or several. */
function inRecords(roll: Roll, message: string): string {
  const how = version(roll)
  let rest = message
  let records = ''
  while (rest.length > 4 && chance(roll, 30)) {
    const length = some(roll, 1, rest.length - 1)
    records += record(rest.slice(0, length), 22, how)
    rest = rest.slice(length)
  }
  return records + record(rest, 22, how)
}

function clientHello(roll: Roll): string {
  const session = bytes(roll, pick(roll, [0, 0, 32, 1, 33, 255]))
  const suites = bytes(roll, 2 * pick(roll, [1, 1, 17, 0, 120]))
  const compression = pick(roll, ['\x01\0', '\x01\0', '\x02\x01\0', '\0'])
  const listed = Array.from({ length: roll(5) }, () => extension(roll)).join('')
  const extensions = `${chance(roll, 85) ? `${listed}${serverName(roll)}` : listed}${chance(roll, 30) ? extension(roll) : ''}`
  const tail = chance(roll, 95) ? `${u16(extensions.length)}${extensions}` : ''
  const body = `${pick(roll, ['\x03\x03', '\x03\x03', '\x03\x01', '\x03\x04'])}${bytes(roll, 32)}${lengthed(session)}${u16(suites.length)}${suites}${compression}${tail}`
  return `\x01${u24(body.length)}${body}`
}

function lengthed(text: string): string {
  return `${String.fromCharCode(text.length)}${text}`
}

function extension(roll: Roll): string {
  const body = pick(roll, [
    () => '',
    () => '\0\x0c\x02h2\x08http/1.1\0',
    () => bytes(roll, roll(40)),
    () => '\x02\x03\x04',
    () => '\x04\x03\x04\x03\x03',
    () => 'x'.repeat(300),
  ])()
  return `${u16(pick(roll, [0x0a0a, 10, 11, 13, 16, 21, 23, 35, 42, 43, 45, 51, 0xfe0d, 0xff01]))}${u16(body.length)}${body}`
}

function serverName(roll: Roll): string {
  const host = pick(roll, [
    'a.example',
    'A.Example',
    'a.example.',
    'xn--caf-dma.example',
    '192.0.2.1',
    'a',
    'a b',
    'caf\xc3\xa9.example',
    'a\0b.example',
    `${'l'.repeat(63)}.example`,
    'n'.repeat(255),
    'n'.repeat(256),
    '\x7f\x01',
    '*.example',
    'a_b.example:443',
    '',
  ])
  if (chance(roll, 80)) return sni(host)
  const entry = (kind: number, text: string) => `${String.fromCharCode(kind)}${u16(text.length)}${text}`
  const list = pick(roll, [
    () => entry(0, host) + entry(0, 'b.example'),
    () => entry(1, 'opaque') + entry(0, host),
    () => entry(0, host) + entry(9, 'x'),
    () => '',
  ])()
  return `\0\0${u16(list.length + 2)}${u16(list.length)}${list}`
}

/** Messages of DNS from a client, each alone. */
export function randomQueries(roll: Roll): string[] {
  return Array.from({ length: some(roll, 1, 3) }, () => {
    const questions = Array.from({ length: pick(roll, [1, 1, 1, 1, 2, 3]) }, () => domain(roll))
    const flags = pick(roll, [0x0100, 0x0100, 0x0120, 0x2800, 0x0000, 0x0110, 0x1000])
    const message = query(questions, flags, roll(0x10000))
    // With an OPT record, as most clients send it.
    if (!chance(roll, 30)) return message
    return `${message.slice(0, 10)}\0\x01${message.slice(12)}\0${u16(41)}${u16(1232)}\0\0\0\0\0\0`
  })
}

function domain(roll: Roll): string {
  const labels = Array.from({ length: some(roll, 1, 4) }, () =>
    pick(roll, [
      () => pick(roll, ['a', 'b', 'example', 'EXAMPLE', 'ExAmPlE', 'com', '_dmarc', 'xn--caf-dma']),
      () => bytes(roll, some(roll, 1, 8)),
      () => pick(roll, ['a.b', 'a b', '\0', '\\', '\x07example', '"', '\xff\xfe', '*', '-']),
      () => 'l'.repeat(pick(roll, [1, 62, 63])),
    ])(),
  )
  const written = labels.map((label) => lengthed(label)).join('')
  return pick(roll, [
    () => `${written}\0`,
    () => `${written}\0`,
    () => `${written}\0`,
    () => `${written}\0`,
    () => name(Array.from({ length: some(roll, 10, 70) }, () => 'x'.repeat(some(roll, 1, 20))).join('.')),
    () => '\0',
    () => `${written}\xc0\x0c`,
  ])()
}

/** The same over TCP, some of them in one piece: lines as in `tcpExchange`. */
export function randomQueriesInStream(roll: Roll): string[] {
  const lines: string[] = []
  for (const message of randomQueries(roll)) {
    const sent = prefixed(message)
    if (lines.length > 0 && chance(roll, 40)) lines.push(`${lines.pop() ?? '>'}${sent}`)
    else lines.push(`>${sent}`)
    if (chance(roll, 30)) lines.push(`<${prefixed(query([name('a.example')], 0x8180))}`)
  }
  return lines
}

/** The banners of SSH, and the first packet after them: lines as in `tcpExchange`. */
export function randomBanners(roll: Roll): string[] {
  const sides = [`>${banner(roll)}`, `<${banner(roll)}`]
  if (chance(roll, 50)) sides.reverse()
  if (chance(roll, 50)) sides.push(`>\0\0\0\x0c\x04\x14${bytes(roll, 10)}`)
  if (chance(roll, 30))
    sides.push('<\0\0\0\x0c\x04\x15\0\0\0\0\0\0\0\0\0\0', '>\0\0\0\x0c\x04\x15\0\0\0\0\0\0\0\0\0\0')
  return sides
}

function banner(roll: Roll): string {
  const version = pick(roll, [
    '2.0',
    '2.0',
    '2.0',
    '1.99',
    '1.5',
    '2',
    '2.0.1',
    '',
    'x',
    '02.0',
    '2 0',
    '\xff',
  ])
  const software = pick(roll, ['OpenSSH_9.2', 'x', 'x-y_z', '', 'dropbear', 'a'.repeat(240), 'a'.repeat(260)])
  const comment = chance(roll, 40)
    ? pick(roll, [' Debian-2', ' a comment with blanks', ' ', '  x', '\tx', ' \xc3\xa9'])
    : ''
  const end = pick(roll, ['\r\n', '\r\n', '\r\n', '\n', '\n', '\r', '\r\r\n', '\n\n'])
  return `${pick(roll, ['SSH', 'SSH', 'SSH', 'SSH', 'SSH', 'ssh'])}-${version}-${software}${comment}${end}`
}
