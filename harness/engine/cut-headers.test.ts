import { expect } from 'chai'
import { FlowTable } from '../flow/table.ts'
import { Kind, nameOf, Reason, Verdict } from '../model/codes.ts'
import { PLAIN_READING } from '../model/reading.ts'
import { getProfile } from '../profile/index.ts'
import { fragmentReadingOf } from '../profile/reading.ts'
import { decodeBatch } from '../wire/decode.ts'
import {
  batchOf,
  type ExampleFrame,
  ethernet,
  hex,
  icmp,
  ipv4,
  ipv6,
  join8,
  tcp,
  udp,
} from '../wire/example-frames.test.ts'
import { destinationAt, sourceAt } from '../wire/ip.ts'
import { Protocol } from '../wire/numbers.ts'
import { Chunk } from '../wire/sctp.ts'
import { sctpChunk, sctpPacket } from './conntrack/sctp-talks.test.ts'
import { Engine } from './engine.ts'

const NAMES = ['suricata-7', 'linux-conntrack', 'aws-nfw'] as const
const SYN = tcp({ flags: 2, ack: 0 }, 0)
const INIT = sctpPacket([3000, 4000], 0, [sctpChunk(Chunk.init, 7)])
const LITE = hex('0bb8 0fa0 0008 1234 0000000000000000')
/** Packets that open a flow, and how many bytes tell so: link header, IP header, and of the transport header what is needed. */
const PACKETS: readonly (readonly [name: string, packet: Uint8Array, needed: number])[] = [
  ['TCP over IPv4', ipv4(Protocol.tcp, SYN), 14 + 20 + 20],
  ['TCP over IPv6', ipv6(Protocol.tcp, SYN), 14 + 40 + 20],
  ['TCP behind IPv4 options', ipv4(Protocol.tcp, SYN, { options: hex('94040000') }), 14 + 24 + 20],
  ['TCP behind a header of IPv6', ipv6(Protocol.tcp, SYN, 0, hex('0600010400000000')), 14 + 48 + 20],
  ['UDP', ipv6(Protocol.udp, udp(30)), 14 + 40 + 8],
  ['ICMP', ipv4(Protocol.icmp, icmp(8, 0, new Uint8Array(30))), 14 + 20 + 8],
  ['SCTP', ipv6(Protocol.sctp, INIT), 14 + 40 + 32],
  ['UDP-Lite', ipv6(Protocol.udpLite, LITE), 14 + 40 + 8],
]

function decided(profile: string, ...frames: readonly ExampleFrame[]) {
  const batch = batchOf(...frames)
  decodeBatch(batch)
  const { knobs } = getProfile(profile)
  new FlowTable({ ...PLAIN_READING, fragments: fragmentReadingOf(knobs) }).assign(batch)
  const engine = new Engine({
    profile: getProfile(profile),
    policy: { exception: 'drop', ruleOrder: 'action', defaultActions: [] },
    rules: [],
    hosts: 1,
    sharing: undefined,
  })
  engine.decide(batch, 0, batch.count)
  const verdicts = frames.map((_, i) => nameOf(Verdict, batch.verdict[i] ?? 0))
  return { batch, verdicts, counters: engine.counters(0) }
}

function cutTo({ bytes, link }: ExampleFrame, length: number): ExampleFrame {
  return { bytes: bytes.subarray(0, length), link, original: bytes.length }
}

/** The packet from its receiver to its sender; no checksum depends on the order of addresses. */
function reversed(packet: Uint8Array): Uint8Array {
  const at = sourceAt(packet, 0)
  const to = destinationAt(packet, 0)
  const end = to + (to - at)
  return join8(
    packet.subarray(0, at),
    packet.subarray(to, end),
    packet.subarray(at, to),
    packet.subarray(end),
  )
}

describe('engine: packets that a snapshot length cut', () => {
  for (const profile of NAMES) {
    for (const [name, packet, needed] of PACKETS)
      it(`${profile}: ${name} is undecided as long as a header is missing, and judged as soon as none is`, () => {
        const frame = ethernet(packet)
        for (let length = 0; length <= frame.bytes.length; length++) {
          const { batch, verdicts, counters } = decided(profile, cutTo(frame, length))
          const cut = length < needed
          expect(verdicts, `${length} bytes`).to.deep.equal([cut ? 'undecided' : 'forward'])
          expect(batch.kind[0] === Kind.cut, `${length} bytes`).to.equal(cut)
          expect(nameOf(Reason, batch.reason[0] ?? 0)).to.equal(cut ? 'header not captured' : 'none')
          expect(counters.ReceivedPackets).to.equal(cut ? 0 : 1)
        }
      })

    it(`${profile}: so is an ICMP error of which the quote is missing`, () => {
      for (const six of [false, true]) {
        const opening = six ? ipv6(Protocol.udp, udp(60)) : ipv4(Protocol.udp, udp(60))
        // The error comes from the server, about the packet of the client.
        const error = reversed(
          six ? ipv6(Protocol.icmp6, icmp(1, 4, opening)) : ipv4(Protocol.icmp, icmp(3, 3, opening)),
        )
        const needed = 14 + (six ? 40 : 20) + 8 + (six ? 40 : 20) + 8
        for (const length of [needed - 9, needed - 1, needed, needed + 5]) {
          const { verdicts } = decided(profile, ethernet(opening), cutTo(ethernet(error), length))
          expect(verdicts, `${length} bytes`).to.deep.equal([
            'forward',
            length < needed ? 'undecided' : 'forward',
          ])
        }
      }
    })

    it(`${profile}: what is whole and too short is malformed on the wire, not cut`, () => {
      const short = ethernet(ipv6(Protocol.tcp, SYN.subarray(0, 14)))
      const { batch, verdicts } = decided(profile, short)
      expect(batch.kind[0]).to.equal(Kind.malformed)
      expect(verdicts).not.to.include('undecided')
    })
  }

  it('a frame of another protocol is no cut packet, however long it is', () => {
    const arp = { ...ethernet(new Uint8Array(28)), original: 60 }
    const bytes = join8(arp.bytes.subarray(0, 12), hex('0806'), arp.bytes.subarray(14))
    expect(decided('linux-conntrack', { ...arp, bytes }).verdicts).to.deep.equal(['forward'])
  })
})
