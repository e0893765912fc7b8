import { expect } from 'chai'
import { Link } from '../model/codes.ts'
import { decodeBatch } from './decode.ts'
import {
  batchOf,
  CLIENT4,
  CLIENT6,
  type ExampleFrame,
  ethernet,
  hex,
  icmp,
  ipv4,
  ipv6,
  SERVER4,
  SERVER6,
  tcp,
  tshark,
  udp,
} from './example-frames.test.ts'
import { Protocol } from './numbers.ts'
import { buildUnreachable, type UnreachableStyle } from './unreachable.ts'
import { verifyChecksums } from './verify.ts'

function about(frame: ExampleFrame, style: UnreachableStyle = 'suricata'): Uint8Array | undefined {
  const batch = batchOf(frame)
  decodeBatch(batch)
  return buildUnreachable(batch, 0, style)
}

describe('wire/unreachable', () => {
  it('builds each style, byte for byte', () => {
    const packet = ipv4(Protocol.udp, udp(3))
    const suricata = about(ethernet(packet)) ?? new Uint8Array(0)
    expect(suricata.slice(0, 36)).to.deep.equal(
      hex('02000000000a 02000000000b 0800 4500 003b 0000 0000 4001 8e34 c6336450 c000020a 030a'),
    )
    expect(suricata.slice(38, 42)).to.deep.equal(new Uint8Array(4))
    expect(suricata.slice(42)).to.deep.equal(packet)
    expect(about(ethernet(packet), 'port')?.slice(34, 36)).to.deep.equal(hex('0303'))

    const packet6 = ipv6(Protocol.udp, udp(3))
    const port = about(ethernet(packet6), 'port') ?? new Uint8Array(0)
    expect(port.slice(14, 22)).to.deep.equal(hex('6000 0000 003b 3a40'))
    expect(port.slice(22, 38)).to.deep.equal(SERVER6)
    expect(port.slice(38, 54)).to.deep.equal(CLIENT6)
    expect(port.slice(54, 56)).to.deep.equal(hex('0104'))
    expect(port.slice(62)).to.deep.equal(packet6)
    expect(about(ethernet(packet6))?.slice(54, 56)).to.deep.equal(hex('0101'))
    for (const frame of [suricata, port]) expect(verifyChecksums(frame, Link.ethernet)).to.equal('ok')
  })

  it('quotes what fits, what was captured, and no Ethernet padding', () => {
    const big4 = ethernet(ipv4(Protocol.udp, udp(1472)))
    const big6 = ethernet(ipv6(Protocol.udp, udp(1452)))
    expect(about(big4)).to.have.length(14 + 1500)
    expect(about(big6)).to.have.length(14 + 1500)
    expect(about(big4, 'port')).to.have.length(14 + 576)
    expect(about(big6, 'port')).to.have.length(14 + 1280)
    const cut = { ...big4, bytes: big4.bytes.slice(0, 42), original: big4.bytes.length }
    expect(about(cut)).to.have.length(14 + 28 + 28)
    const small = ethernet(ipv4(Protocol.udp, udp(1)))
    const padded = { ...small, bytes: new Uint8Array(60) }
    padded.bytes.set(small.bytes)
    expect(about(padded)).to.have.length(14 + 28 + 29)
  })

  it('is never about an ICMP error, a later fragment, a group or no host', () => {
    const quote = ipv4(Protocol.udp, udp(0))
    const forbidden: [string, ExampleFrame][] = [
      ...[3, 4, 5, 11, 12].map((type): [string, ExampleFrame] => [
        `ICMP ${type}`,
        ethernet(ipv4(Protocol.icmp, icmp(type, 0, quote))),
      ]),
      ...[1, 2, 3, 4, 137].map((type): [string, ExampleFrame] => [
        `ICMPv6 ${type}`,
        ethernet(ipv6(Protocol.icmp6, icmp(type, 0, quote))),
      ]),
      ['later fragment', ethernet(ipv4(Protocol.udp, udp(8), { fragmentOffset: 16 }))],
      ['later IPv6 fragment', ethernet(ipv6(Protocol.udp, udp(8), 44, hex('1100 0010 00000001')))],
      ['multicast', ethernet(ipv4(Protocol.udp, udp(8), { destination: Uint8Array.of(224, 0, 0, 251) }))],
      ['broadcast', ethernet(ipv4(Protocol.udp, udp(8), { destination: Uint8Array.of(255, 255, 255, 255) }))],
      ['from nobody', ethernet(ipv4(Protocol.udp, udp(8), { source: new Uint8Array(4) }))],
      ['ARP', { bytes: hex('02000000000b 02000000000a 0806 0001'), link: Link.ethernet }],
      ['damaged', ethernet(ipv4(47, udp(8).slice(0, 5), { protocol: Protocol.udp }))],
    ]
    const group = ethernet(ipv4(Protocol.udp, udp(8)))
    group.bytes[0] = 0x33
    const group6 = ethernet(ipv6(Protocol.udp, udp(8)))
    group6.bytes[14 + 24] = 0xff
    const nobody6 = ethernet(ipv6(Protocol.udp, udp(8)))
    nobody6.bytes.fill(0, 14 + 8, 14 + 24)
    forbidden.push(['group frame', group], ['IPv6 multicast', group6], ['from ::', nobody6])
    for (const [name, frame] of forbidden) expect(about(frame), name).to.equal(undefined)
  })

  it('is about echo requests, TCP, other protocols and first fragments', () => {
    const allowed = [
      ipv4(Protocol.icmp, icmp(8, 0, new Uint8Array(8))),
      ipv6(Protocol.icmp6, icmp(128, 0, new Uint8Array(8))),
      ipv4(Protocol.tcp, tcp()),
      ipv4(47, new Uint8Array(4)),
      ipv4(Protocol.udp, udp(8), { moreFragments: true }),
    ]
    for (const packet of allowed) expect(about(ethernet(packet))).to.be.instanceOf(Uint8Array)
  })

  it('is read by tshark as meant', () => {
    const cases = [ipv4(Protocol.udp, udp(30)), ipv6(Protocol.udp, udp(30))].flatMap((packet) =>
      (['suricata', 'port'] as const).map((style) => about(ethernet(packet), style) ?? new Uint8Array(0)),
    )
    const fields = ['icmp.type', 'icmp.code', 'icmp.checksum.status', 'icmpv6.type', 'icmpv6.code']
    const rows = tshark(
      1,
      cases.map((bytes) => ({ bytes })),
      [...fields, 'icmpv6.checksum.status', 'udp.srcport', 'ip.src', '_ws.malformed'],
    )
    const text = (address: Uint8Array) => address.join('.')
    const sources = `${text(SERVER4)},${text(CLIENT4)}`
    expect(rows).to.deep.equal([
      ['3', '10', '1', '', '', '', '40000', sources, ''],
      ['3', '3', '1', '', '', '', '40000', sources, ''],
      ['', '', '', '1', '1', '1', '40000', '', ''],
      ['', '', '', '1', '4', '1', '40000', '', ''],
    ])
  })
})
