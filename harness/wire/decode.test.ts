import { expect } from 'chai'
import { Kind, Link, nameOf, Tcp } from '../model/codes.ts'
import { putU16 } from './bytes.ts'
import { decodeBatch } from './decode.ts'
import {
  batchOf,
  type ExampleFrame,
  ethernet,
  etherType,
  hex,
  icmp,
  ipv4,
  ipv6,
  join8,
  onEveryLink,
  tcp,
  udp,
} from './example-frames.test.ts'
import { Protocol } from './numbers.ts'

interface Row {
  readonly kind: string
  readonly l3: number
  readonly l4: number
  readonly payload: number
  readonly flags: number
  readonly vlan: number
}

/** The columns of packet 0, offsets counted from its own start. */
function decoded(frame: ExampleFrame): Row {
  const batch = batchOf(frame)
  decodeBatch(batch)
  const start = batch.start[0] ?? 0
  const from = (offset: number | undefined) => (offset === undefined || offset < 0 ? -1 : offset - start)
  return {
    kind: nameOf(Kind, batch.kind[0] ?? 255),
    l3: from(batch.l3[0]),
    l4: from(batch.l4[0]),
    payload: batch.payload[0] ?? 0,
    flags: batch.flags[0] ?? 0,
    vlan: batch.vlan[0] ?? 0,
  }
}

const FLAGS = Tcp.psh | Tcp.ack

function cut(frame: ExampleFrame, length: number): ExampleFrame {
  return { ...frame, bytes: frame.bytes.slice(0, length), original: frame.bytes.length }
}

function changed(packet: Uint8Array, at: number, value: number): Uint8Array {
  const copy = packet.slice()
  putU16(copy, at, value)
  return copy
}

describe('wire/decode', () => {
  it('reads TCP, UDP and ICMP over both families', () => {
    const at4 = { l3: 14, l4: 34, vlan: 0 }
    const at6 = { l3: 14, l4: 54, vlan: 0 }
    const p = Protocol
    expect(decoded(ethernet(ipv4(p.tcp, tcp({}, 100))))).to.deep.equal({
      kind: 'tcp4',
      payload: 100,
      flags: FLAGS,
      ...at4,
    })
    expect(decoded(ethernet(ipv6(p.tcp, tcp({}, 9))))).to.deep.equal({
      kind: 'tcp6',
      payload: 9,
      flags: FLAGS,
      ...at6,
    })
    expect(decoded(ethernet(ipv4(p.udp, udp(3))))).to.deep.equal({
      kind: 'udp4',
      payload: 3,
      flags: 0,
      ...at4,
    })
    expect(decoded(ethernet(ipv6(p.udp, udp(0))))).to.deep.equal({
      kind: 'udp6',
      payload: 0,
      flags: 0,
      ...at6,
    })
    const echo = new Uint8Array(56)
    expect(decoded(ethernet(ipv4(p.icmp, icmp(8, 0, echo))))).to.include({ kind: 'icmp4', payload: 56 })
    expect(decoded(ethernet(ipv6(p.icmp6, icmp(128, 0, echo))))).to.include({ kind: 'icmp6', payload: 56 })
    expect(decoded(ethernet(ipv4(p.icmp6, icmp(128, 0, echo))))).to.include({
      kind: 'ip4',
      l4: 34,
      payload: 64,
    })
    expect(decoded(ethernet(ipv6(p.icmp, icmp(8, 0, echo))))).to.include({ kind: 'ip6', l4: 54, payload: 64 })
    expect(decoded(ethernet(ipv6(p.none, hex(''))))).to.include({ kind: 'ip6', l4: -1, payload: 0 })
    expect(decoded(ethernet(ipv4(47, hex('00000800'))))).to.include({ kind: 'ip4', l4: 34, payload: 4 })
  })

  it('counts options as header and Ethernet padding as nothing', () => {
    const packet = ipv4(Protocol.tcp, tcp({ options: hex('020405b4') }, 5), { options: hex('94040000') })
    expect(decoded(ethernet(packet))).to.include({ kind: 'tcp4', l4: 38, payload: 5 })
    const padded = ethernet(join8(ipv4(Protocol.tcp, tcp()), new Uint8Array(6)))
    expect(decoded(padded)).to.include({ kind: 'tcp4', payload: 0 })
    expect(decoded(ethernet(join8(ipv4(Protocol.udp, udp(1)), new Uint8Array(17))))).to.include({
      kind: 'udp4',
      payload: 1,
    })
  })

  it('reads every link, both families', () => {
    for (const packet of [ipv4(Protocol.tcp, tcp({}, 11)), ipv6(Protocol.tcp, tcp({}, 11))])
      for (const frame of onEveryLink(packet)) {
        const six = (packet[0] ?? 0) >> 4 === 6
        const l3 = frame.bytes.length - packet.length
        const name = `${nameOf(Link, frame.link)} ${six ? 6 : 4}`
        expect(decoded(frame), name).to.deep.equal({
          kind: six ? 'tcp6' : 'tcp4',
          l3,
          l4: l3 + (six ? 40 : 20),
          payload: 11,
          flags: FLAGS,
          vlan: 0,
        })
      }
  })

  it('reads a null header of either byte order, compressed PPP and big-endian NFLOG', () => {
    const packet = ipv4(Protocol.udp, udp(2))
    const on = (link: number, header: string) => decoded({ link, bytes: join8(hex(header), packet) }).kind
    expect(on(Link.null, '00000002')).to.equal('udp4')
    expect(on(Link.null, '02000000')).to.equal('udp4')
    expect(on(Link.null, '02000001')).to.equal('other')
    expect(on(Link.ppp, '21')).to.equal('udp4')
    expect(on(Link.ppp, 'c021')).to.equal('other')
    expect(on(Link.nflog, '02000000 00050001 aa000000 00220009')).to.equal('udp4')
    expect(on(Link.nflog, '02000000 0000')).to.equal('malformed')
    expect(on(Link.raw6, '')).to.equal('malformed')
    expect(on(Link.unsupported, '')).to.equal('other')
  })

  it('follows VLAN tags, MPLS labels and PPPoE', () => {
    const packet = ipv4(Protocol.tcp, tcp())
    const through = (tags: string) => decoded(ethernet(packet, hex(tags)))
    expect(through('8100 a005')).to.include({ kind: 'tcp4', l3: 18, vlan: 5 })
    expect(through('88a8 0064 8100 0005')).to.include({ kind: 'tcp4', l3: 22, vlan: (100 << 12) | 5 })
    expect(through('9100 0064 8100 0005 8100 0006')).to.include({
      kind: 'tcp4',
      l3: 26,
      vlan: (100 << 12) | 5,
    })
    const bare = (tags: string): ExampleFrame => ({
      link: Link.ethernet,
      bytes: join8(hex('02000000000b 02000000000a'), hex(tags), packet),
    })
    expect(decoded(bare('8847 00010040 00011140'))).to.include({ kind: 'tcp4', l3: 22 })
    expect(decoded(bare('8847 00010140 00000000'))).to.include({ kind: 'other' })
    expect(decoded(bare('8864 1100 0001 002a 0021'))).to.include({ kind: 'tcp4', l3: 22 })
    expect(decoded(bare('8100 0005 8864 1100 0001 002a 0021'))).to.include({ kind: 'tcp4', l3: 26, vlan: 5 })
    expect(through('8100 0001'.repeat(20)).kind).to.equal('other')
  })

  it('calls ARP, LLDP, 802.3 and what it does not know other', () => {
    for (const type of ['0806', '88cc', '0026', 'ffff'])
      expect(
        decoded({ link: Link.ethernet, bytes: join8(new Uint8Array(12), hex(type), new Uint8Array(46)) }),
      ).to.deep.equal({ kind: 'other', l3: -1, l4: -1, payload: 0, flags: 0, vlan: 0 })
  })

  it('walks IPv6 extension headers', () => {
    const segment = tcp({}, 3)
    const hop = hex('3c00 010400000000')
    const destination = hex('2b00 010400000000')
    const routing = hex('3301 0400 00000000 0000000000000000')
    const authentication = hex('0604 0000 00000001 00000001 000000000000000000000000')
    const frame = ethernet(ipv6(Protocol.tcp, segment, 0, hop, destination, routing, authentication))
    expect(decoded(frame)).to.include({ kind: 'tcp6', l4: 14 + 40 + 8 + 8 + 16 + 24, payload: 3 })
    const endless = Array.from({ length: 20 }, () => hex('3c00 010400000000'))
    expect(decoded(ethernet(ipv6(Protocol.tcp, segment, 0, ...endless))).kind).to.equal('malformed')
    expect(decoded(ethernet(ipv6(Protocol.none, hex('06ff000000000000'), 0))).kind).to.equal('malformed')
  })

  it('marks fragments, with a transport header in the first only', () => {
    const first = ipv4(Protocol.tcp, tcp({}, 12), { moreFragments: true })
    expect(decoded(ethernet(first))).to.deep.equal({
      kind: 'fragment4',
      l3: 14,
      l4: 34,
      payload: 12,
      flags: FLAGS,
      vlan: 0,
    })
    const tiny = ipv4(47, tcp().slice(0, 8), { moreFragments: true, protocol: Protocol.tcp })
    expect(decoded(ethernet(tiny))).to.include({ kind: 'fragment4', l4: -1, payload: 8, flags: 0 })
    const later = ipv4(Protocol.tcp, tcp({}, 12), { fragmentOffset: 32 })
    expect(decoded(ethernet(later))).to.include({ kind: 'fragment4', l4: -1, payload: 32, flags: 0 })
    const datagram = changed(udp(40), 4, 1000)
    expect(decoded(ethernet(ipv4(Protocol.udp, datagram, { moreFragments: true })))).to.include({
      kind: 'fragment4',
      l4: 34,
      payload: 40,
    })

    const six = (position: string) =>
      ethernet(ipv6(Protocol.udp, udp(8), 44, hex(`1100 ${position} 00000009`)))
    expect(decoded(six('0001'))).to.include({ kind: 'fragment6', l4: 62, payload: 8 })
    expect(decoded(six('0008'))).to.include({ kind: 'fragment6', l4: -1, payload: 16 })
    expect(decoded(six('0000'))).to.include({ kind: 'udp6', l4: 62, payload: 8 })
  })

  it('calls lengths that contradict each other malformed', () => {
    const good4 = ipv4(Protocol.tcp, tcp({}, 4))
    const good6 = ipv6(Protocol.tcp, tcp({}, 4))
    const datagram = ipv4(Protocol.udp, udp(4))
    const bad: [string, Uint8Array][] = [
      ['IHL 4', changed(good4, 0, 0x4400)],
      ['IHL beyond total length', changed(good4, 2, 19)],
      ['total length beyond the frame', changed(good4, 2, good4.length + 1)],
      ['no room for a TCP header', changed(good4, 2, 39)],
      ['data offset 4', changed(good4, 32, 0x4018)],
      ['data offset beyond the segment', changed(good4, 32, 0xf018)],
      ['version 6 behind the EtherType of 4', join8(Uint8Array.of(0x65), good4.slice(1))],
      ['payload length beyond the frame', changed(good6, 4, 25)],
      ['no room for TCP in IPv6', changed(good6, 4, 19)],
      ['UDP length 7', changed(datagram, 24, 7)],
      ['UDP length beyond the datagram', changed(datagram, 24, 13)],
      ['ICMP of 7 bytes', ipv4(47, new Uint8Array(7), { protocol: Protocol.icmp })],
    ]
    for (const [name, packet] of bad) {
      const six = name.includes('payload') || name.includes('IPv6')
      const frame = {
        link: Link.ethernet,
        bytes: join8(new Uint8Array(12), etherType(six ? good6 : good4), packet),
      }
      expect(decoded(frame).kind, name).to.equal('malformed')
      expect(decoded(frame).l4, name).to.equal(-1)
    }
    for (let length = 0; length < 54; length++) {
      const short = ethernet(good4).bytes.slice(0, length)
      expect(decoded({ link: Link.ethernet, bytes: short }).kind, `${length} bytes`).to.equal('malformed')
    }
  })

  it('never calls what the snapshot length cut malformed', () => {
    for (const packet of [
      ipv4(Protocol.tcp, tcp({ options: hex('0101080a0000000100000002') }, 500)),
      ipv6(Protocol.tcp, tcp({}, 500), 0, hex('0600 010400000000')),
      ipv4(Protocol.udp, udp(500)),
      ipv4(Protocol.icmp, icmp(8, 0, new Uint8Array(500))),
    ]) {
      const whole = ethernet(packet)
      const all = decoded(whole)
      for (let length = 0; length < whole.bytes.length; length++) {
        const part = decoded(cut(whole, length))
        expect(part.kind).not.to.equal('malformed')
        if (part.l4 >= 0) expect(part).to.deep.equal(all)
        else expect(length).to.be.below(all.l4 + 20)
      }
    }
  })
})
