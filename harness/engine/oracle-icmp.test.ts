import { expect } from 'chai'
import { putU16 } from '../wire/bytes.ts'
import { ethernet, icmp, join8 } from '../wire/example-frames.test.ts'
import { Protocol } from '../wire/numbers.ts'
import { compareAll } from './oracle-around.test.ts'
import type { OracleCase } from './oracle-cases.test.ts'
import { datagram } from './oracle-datagrams.test.ts'

type Family = 'ipv4' | 'ipv6'

/** An ICMP message between the example's server, or a router, and its client. */
function message(
  n: number,
  family: Family,
  type: number,
  code: number,
  body: Uint8Array,
  toServer = false,
): Uint8Array {
  const bytes = datagram(toServer ? '> PING' : '< PONG', n, family)
  const header = family === 'ipv4' ? 20 : 40
  const whole = join8(bytes.subarray(0, header), icmp(type, code, body))
  if (family === 'ipv4') putU16(whole, 2, whole.length)
  else putU16(whole, 4, whole.length - 40)
  return whole
}

/** The packet with options behind its IPv4 header, or extension headers behind its IPv6 header. */
function withOptions(packet: Uint8Array): Uint8Array {
  const six = (packet[0] ?? 0) >> 4 === 6
  if (six) {
    const bytes = join8(
      packet.subarray(0, 40),
      Uint8Array.of(packet[6] ?? 0, 0, 1, 4, 0, 0, 0, 0),
      packet.subarray(40),
    )
    bytes[6] = Protocol.destination
    return bytes
  }
  const bytes = join8(packet.subarray(0, 20), Uint8Array.of(1, 1, 1, 0), packet.subarray(20))
  bytes[0] = 0x46
  putU16(bytes, 2, bytes.length)
  return bytes
}

/** The packet's later fragment, in which there is no transport header. */
function asFragment(packet: Uint8Array): Uint8Array {
  const six = (packet[0] ?? 0) >> 4 === 6
  const bytes = packet.slice()
  if (!six) putU16(bytes, 6, 5)
  return bytes.fill(0x78, six ? 40 : 20)
}

const TYPES: Readonly<Record<Family, readonly (readonly [type: number, codes: readonly number[]])[]>> = {
  ipv4: [
    [3, [0, 1, 3, 4, 9, 10, 13, 15, 16]],
    [4, [0]],
    [5, [0, 1]],
    [11, [0, 1]],
    [12, [0]],
  ],
  ipv6: [
    [1, [0, 1, 4, 6]],
    [2, [0]],
    [3, [0, 1]],
    [4, [0, 1]],
  ],
}

let next = 0

/** Errors of every type and code, with quotes of every length, about flows that are marked, alive, and unknown. */
function errors(family: Family): OracleCase[] {
  const header = family === 'ipv4' ? 20 : 40
  const quotes: readonly [string, (packet: Uint8Array) => Uint8Array][] = [
    ...[0, 8, 19, 20, 24, 27, 28, 32, 39, 40, 60].map(
      (length): [string, (packet: Uint8Array) => Uint8Array] => [
        `${length} bytes`,
        (packet) => packet.slice(0, header - 20 + length),
      ],
    ),
    ['options', withOptions],
    ['a later fragment', asFragment],
    ['another version', (packet) => packet.map((byte, at) => (at === 0 ? byte ^ 0x90 : byte))],
  ]
  const flows: readonly (readonly string[])[] = [
    ['> A 1 1'],
    ['> S 0', '< SA 0 1', '> A 1 1'],
    ['> UDP'],
    ['> PING'],
    [],
  ]
  return TYPES[family].flatMap(([type, codes]) =>
    codes.flatMap((code) =>
      quotes.flatMap(([what, quote]) =>
        flows.flatMap((before) =>
          ['> A 1 1 len=20', '< A 1 1 len=20'].map((line): OracleCase => {
            const n = ++next
            const about = before.length === 1 && before[0] !== '> A 1 1' ? (before[0] ?? line) : line
            const error = message(
              n,
              family,
              type,
              code,
              quote(datagram(about, n, family)),
              line.startsWith('<'),
            )
            const after = datagram('< A 1 1', n, family)
            const packets = [...before.map((each) => datagram(each, n, family)), error, error, after]
            return {
              name: `${family} ${type}/${code} quoting ${what} of ${about} after ${before.join(', ') || 'nothing'}`,
              frames: packets.map((bytes, at) => ({ time: at * 1000, bytes: ethernet(bytes).bytes })),
            }
          }),
        ),
      ),
    ),
  )
}

/** Every type, to the server and back and on, and the types that answer each other. */
function queries(family: Family): OracleCase[] {
  const types = Array.from({ length: 256 }, (_, type) => type).filter((type) =>
    family === 'ipv4' ? ![3, 4, 5, 11, 12].includes(type) : type >= 128,
  )
  const body = new Uint8Array(20)
  return types.map((type) => {
    const n = ++next
    const answers = [type, type + 1, type - 1, 0, 8].map((answer) => Math.max(answer, 0) & 255)
    const usable = answers.filter((answer) => types.includes(answer))
    const packets = usable.flatMap((answer) => [
      message(n, family, type, 0, body, true),
      message(n, family, answer, 0, body, false),
    ])
    return {
      name: `${family} ICMP type ${type}`,
      frames: packets.map((bytes, at) => ({ time: at * 1000, bytes: ethernet(bytes).bytes })),
    }
  })
}

describe('engine against real Suricata: ICMP', () => {
  const cases = [...errors('ipv4'), ...errors('ipv6')]

  for (const exception of ['drop', 'continue'] as const)
    it(`${exception}: errors of every type with quotes of every length, alike in verdict and reason`, async () => {
      const { packets, stopped, differences } = await compareAll(`ICMP errors, ${exception}`, cases, {
        exception,
      })
      expect(differences).to.deep.equal([])
      expect(packets).to.be.greaterThan(5000)
      if (exception === 'drop') expect(stopped).to.be.greaterThan(packets / 10)
    })

  it('errors on a flow that a rule drops once it is established', async () => {
    const rules = ['drop icmp any any -> any any (flow:established,to_client; sid:1;)']
    const some = cases.filter(({ name }) => name.startsWith('ipv4 3/1 ') && name.includes('> S 0'))
    const { differences } = await compareAll('ICMP errors under a rule', some, {
      exception: 'continue',
      rules,
    })
    expect(differences).to.deep.equal([])
  })

  it('every other type: which answer which, seen by a rule about established flows', async () => {
    const rules = ['drop ip any any -> any any (flow:established; sid:1;)']
    for (const family of ['ipv4', 'ipv6'] as const) {
      const { stopped, differences } = await compareAll(`${family} ICMP types`, queries(family), {
        exception: 'drop',
        rules,
      })
      expect(differences).to.deep.equal([])
      expect(stopped).to.be.greaterThan(10)
    }
  })
})
