import { Kind } from '../../model/codes.ts'
import { tcpExchange, udpExchange } from '../app/exchange.test.ts'
import { cutSmall, loseSome, repeatSome, shuffleRuns } from '../app/resegment.test.ts'
import { makeConversations } from '../conversations/generate.test.ts'
import { pick, type Roll } from '../conversations/random.test.ts'
import { batchOf, type OracleCase, readRecorded, recordedCaptures } from '../oracle-cases.test.ts'
import type { RuleMaterial } from './random-rules.test.ts'

const HOST = 'Host: a.example\r\n'
const OK = '<HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const get = (target: string) => `GET ${target} HTTP/1.1\r\n${HOST}\r\n`
const POST = `POST /3 HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhello`
const u16 = (value: number) => String.fromCharCode(value >> 8, value & 255)
const sized = (text: string) => `${u16(text.length)}${text}`
const record = (type: number, body: string) => `${String.fromCharCode(type)}\x03\x01${sized(body)}`
const hello = (name: string) => {
  const extension = `\0\0${sized(sized(`\0${sized(name)}`))}`
  const body = `\x03\x03${'r'.repeat(32)}\0${sized('\x13\x01')}\x01\0${sized(extension)}`
  return `\x01\0${sized(body)}`
}
const SERVER_HELLO = record(22, `\x02\0${sized(`\x03\x03${'s'.repeat(32)}\0\x13\x01\0`)}`)
const name = (text: string) =>
  `${text
    .split('.')
    .map((label) => `${String.fromCharCode(label.length)}${label}`)
    .join('')}\0`
const query = (flags: number, ...names: readonly string[]) =>
  `\0\x07${u16(flags)}${u16(names.length)}\0\0\0\0\0\0${names.map((each) => `${name(each)}\0\x01\0\x01`).join('')}`

/** Conversations of every protocol that rules look into, by port: requests one behind the other, names in two records. */
const TCP: readonly (readonly [number, readonly string[]])[] = [
  [80, [`>${get('/1')}`, OK, `>${get('/a/b?x=1')}`, OK]],
  [80, [`>${get('/1')}${get('/2')}${POST}${get('/x')}`, OK, OK, OK]],
  [8080, [`>${get('/1').slice(0, 9)}`, `>${get('/1').slice(9)}`, OK, `>${POST}`]],
  [
    443,
    [`>${record(22, hello('a.example'))}`, `<${SERVER_HELLO}`, `>${record(23, 'x')}`, `<${record(23, 'y')}`],
  ],
  [
    443,
    [
      `>${record(22, hello('A.Example').slice(0, 20))}`,
      `>${record(22, hello('A.Example').slice(20))}`,
      `<${SERVER_HELLO}`,
    ],
  ],
  [53, [`>${sized(query(256, 'a.example'))}`, `<${sized(query(0x8180, 'a.example'))}`]],
  [53, [`>${sized(query(256, 'b.example', 'A.com'))}${sized(query(256, 'c'))}`]],
  [22, ['<SSH-2.0-x\r\n', '>SSH-2.0-y\r\n', '>\0\0\0\x04\x01\x15ab', '<\0\0\0\x04\x01\x15ab']],
  [22, ['>SSH-2.0', '>-x\r\n', '<SSH', '<-1.99-y\n']],
  [7007, ['>echo 1\n', '<echo 1\n', '>echo 22\n', '<echo 22\n', '>bye', '<bye']],
  [7007, ['>aaaaabbbbb', '>bbbbbccccc', '-<lost data', '<after the gap', '>more', '<end']],
]
const UDP: readonly (readonly [number, readonly string[]])[] = [
  [53, [`>${query(256, 'a.example')}`, `<${query(0x8180, 'a.example')}`, `>${query(256, 'b.example')}`]],
  [5353, [`>${query(256, 'a.example', 'b.com')}`, `<${query(0x8180, 'a.example')}`]],
  [9, ['>hello there', '<hello back', '>x', '<hello there']],
]
const RECORDED = recordedCaptures().filter((each) => !/vlan|fragments/.test(each))

/**
 * Conversations whole and cut at a packet, in small segments, out of order, overlapping and with losses, parts of recordings, and
 * ordinary conversations of both families: what the engine follows as Suricata does, so that all that can differ is rules.
 */
export function randomCases(seed: number, roll: Roll): OracleCase[] {
  const tcp = TCP.map(([port, lines], at) => ({ name: `tcp ${at}`, frames: tcpExchange(port, lines) }))
  const udp = UDP.map(([port, lines], at) => ({ name: `udp ${at}`, frames: udpExchange(port, lines) }))
  const cases: OracleCase[] = [...tcp, ...udp]
  for (const { name: of, frames } of [...tcp, ...udp])
    cases.push({ name: `${of} cut`, frames: frames.slice(roll(frames.length)) })
  for (const { name: of, frames } of tcp) {
    cases.push({ name: `${of} small`, frames: cutSmall(frames, 1 + roll(9), 400) })
    for (const change of [shuffleRuns, repeatSome, loseSome])
      cases.push({ name: `${of} ${change.name}`, frames: change(cutSmall(frames, 5 + roll(30), 400), roll) })
  }
  for (let n = 0; n < 20; n++) {
    const of = pick(roll, RECORDED)
    const from = roll(20)
    cases.push({ name: `${of} from ${from} (${n})`, frames: readRecorded(of).slice(from, from + 40) })
  }
  // Data of a SYN is another matter (docs/rules.md).
  for (const { index, frames } of makeConversations(seed, 30, { anomalies: 0 }))
    if (!frames.some(({ line }) => /^[<>] (fragment of )?S .*len=/.test(line)))
      cases.push({ name: `conversation ${index} of ${seed}`, frames })
  return cases.filter(({ frames }) => frames.length > 0)
}

const TLS = 443
const WITH_PORTS: ReadonlySet<number> = new Set([Kind.tcp4, Kind.tcp6, Kind.udp4, Kind.udp6])
/** Ports of the servers of protocols that Suricata tells. */
const KNOWN: ReadonlySet<number> = new Set([22, 53, 80, TLS, 8080])

/**
 * The cases without those that begin with what a server of a protocol that Suricata tells says, or might have said: where sessions are
 * picked up, it turns them round (docs/differences.md, `application-known`).
 */
export function withClientsFirst(cases: readonly OracleCase[]): OracleCase[] {
  return cases.filter(({ frames }) => {
    const batch = batchOf(frames)
    const first = batch.kind.findIndex((kind) => WITH_PORTS.has(kind))
    const ports = first < 0 ? 0 : (batch.ports[first] ?? 0)
    return !KNOWN.has(ports >>> 16) && (ports & 0xffff) !== TLS
  })
}

const LONGEST = 120

/** What packets have that rules may ask about. */
export function materialOf(cases: readonly OracleCase[]): RuleMaterial {
  const addresses = new Set<string>()
  const ports = new Set<number>()
  const payloads: Uint8Array[] = []
  for (const { frames } of cases) {
    const { bytes, count, kind, l3, l4, payload } = batchOf(frames)
    const view = new DataView(bytes.buffer)
    for (let i = 0; i < count; i++) {
      const [ip = -1, transport = -1, length = 0] = [l3[i], l4[i], payload[i]]
      if (ip < 0 || transport < 0) continue
      const six = (bytes[ip] ?? 0) >> 4 === 6
      for (const at of six ? [8, 24] : [12, 16]) addresses.add(addressAt(view, ip + at, six))
      const isTcp = kind[i] === Kind.tcp4 || kind[i] === Kind.tcp6
      if (!isTcp && kind[i] !== Kind.udp4 && kind[i] !== Kind.udp6) continue
      ports.add(view.getUint16(transport)).add(view.getUint16(transport + 2))
      const from = transport + (isTcp ? ((bytes[transport + 12] ?? 0) >> 4) * 4 : 8)
      if (length > 0) payloads.push(bytes.slice(from, from + Math.min(length, LONGEST)))
    }
  }
  return { addresses: [...addresses], ports: [...ports], payloads }
}

function addressAt(view: DataView, at: number, six: boolean): string {
  if (!six) return [0, 1, 2, 3].map((n) => view.getUint8(at + n)).join('.')
  return [0, 2, 4, 6, 8, 10, 12, 14].map((n) => view.getUint16(at + n).toString(16)).join(':')
}
