import { expect } from 'chai'
import { putU16 } from '../../wire/bytes.ts'
import { emitIcmp } from '../../wire/icmp.ts'
import { Protocol } from '../../wire/numbers.ts'
import { endsOf, frameOf } from '../conversations/frames.test.ts'
import type { OracleCase } from '../oracle-cases.test.ts'
import { compare } from './oracle-compare.test.ts'
import { Kernel, type KernelSetup, needsRoot } from './oracle-kernel.test.ts'

const ETHERNET = 14
const HEADER = 40
const SETUP: KernelSetup = { exception: 'drop', loose: false }
const PROTOCOLS = [Protocol.tcp, Protocol.udp, Protocol.gre, Protocol.esp, Protocol.sctp, 253]
const { fragment, hopByHop, routing, destination, authentication, mobility } = Protocol

interface Extension {
  readonly type: number
  /** From the length byte on; the next header stands before. */
  readonly rest: readonly number[]
}

const FIRST: Extension = { type: fragment, rest: [0, 0, 1, 0, 0, 0, 7] }
const LATER: Extension = { type: fragment, rest: [0, 0, 9, 0, 0, 0, 7] }
const ALL: Extension = { type: fragment, rest: [0, 0, 0, 0, 0, 0, 7] }
const HOP: Extension = { type: hopByHop, rest: [0, 1, 4, 0, 0, 0, 0] }
const CHAINS: readonly (readonly [string, readonly Extension[]])[] = [
  ['nothing', []],
  ['a first fragment', [FIRST]],
  ['a later fragment', [LATER]],
  ['all of it in a fragment', [ALL]],
  ['hop by hop', [HOP]],
  ['hop by hop and a first fragment', [HOP, FIRST]],
  ['hop by hop and a later fragment', [HOP, LATER]],
  ['routing', [{ type: routing, rest: [0, 0, 0, 0, 0, 0, 0] }]],
  ['two options', [{ type: destination, rest: [1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] }]],
  [
    'authentication',
    [
      {
        type: authentication,
        rest: [4, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
      },
    ],
  ],
  ['mobility', [{ type: mobility, rest: [0, 0, 0, 0, 0, 0, 0] }]],
]

/** A packet of the client, and an error of the server that quotes so much of it as if it had had the extension headers. */
function cases(): OracleCase[] {
  const made: OracleCase[] = []
  for (const protocol of PROTOCOLS)
    for (const [name, chain] of CHAINS) {
      const length = chain.reduce((sum, { rest }) => sum + 1 + rest.length, 0)
      for (let quoted = HEADER; quoted <= HEADER + length + 9; quoted++) {
        const ends = endsOf(made.length, true)
        const packet = frameOf(ends, true, protocol, transport(protocol))
        const error = new Uint8Array(8 + quoted)
        emitIcmp({ type: 2, code: 0, rest: 1280 }, error, 0)
        error.set(extended(packet.subarray(ETHERNET), chain).subarray(0, quoted), 8)
        made.push({
          name: `protocol ${protocol} behind ${name}, ${quoted} bytes quoted`,
          frames: [packet, frameOf(ends, false, Protocol.icmp6, error)].map((bytes, at) => ({
            time: at * 1e6,
            bytes,
          })),
        })
      }
    }
  return made
}

/** Ports, or what stands there, and what else the protocol needs to open a connection. */
function transport(protocol: number): Uint8Array {
  const bytes = new Uint8Array(32)
  bytes.set([0x10, 1, 0x20, 2])
  if (protocol === Protocol.tcp) bytes.set([0, 0, 0, 9, 0, 0, 0, 0, 0x50, 2, 4, 0], 4)
  if (protocol === Protocol.udp) putU16(bytes, 4, bytes.length)
  if (protocol === Protocol.gre) bytes.set([0x20, 1, 0x88, 0x0b, 0, 0, 0, 7])
  if (protocol === Protocol.sctp) bytes.set([1, 0, 0, 20, 0, 0, 0, 9, 0, 0, 4, 0, 0, 1, 0, 1, 0, 0, 0, 1], 12)
  return bytes
}

function extended(packet: Uint8Array, chain: readonly Extension[]): Uint8Array {
  const types = [...chain.map(({ type }) => type), packet[6] ?? 0]
  const between = chain.flatMap(({ rest }, at) => [types[at + 1] ?? 0, ...rest])
  const longer = Uint8Array.from([...packet.subarray(0, HEADER), ...between, ...packet.subarray(HEADER)])
  longer[6] = types[0] ?? 0
  putU16(longer, 4, longer.length - HEADER)
  return longer
}

describe('conntrack against the Linux kernel: how much of a packet of IPv6 an error quotes', function () {
  this.timeout(180_000)
  before(needsRoot)

  it('behind every extension header, to every byte', async () => {
    await using kernel = await Kernel.open(SETUP)
    const { agreed, differences } = await compare(kernel, SETUP, cases())
    console.info(`      agreed: ${JSON.stringify(agreed)}`)
    expect(differences.map(({ text }) => text).slice(0, 60)).to.deep.equal([])
    expect(agreed).to.have.keys(['forward', 'drop'])
  })
})
