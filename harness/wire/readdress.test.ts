import { expect } from 'chai'
import fc from 'fast-check'
import { Link, Tcp } from '../model/codes.ts'
import { putU16, u16, u32 } from './bytes.ts'
import { fold, sumAddresses, sumWords, writeTransportChecksum } from './checksum.ts'
import {
  CLIENT4,
  CLIENT6,
  ethernet,
  hex,
  icmp,
  ipv4,
  ipv6,
  onEveryLink,
  SERVER4,
  SERVER6,
  tcp,
  udp,
} from './example-frames.test.ts'
import { Protocol } from './numbers.ts'
import { type AddressChange, readdress } from './readdress.ts'
import { parseTcp } from './tcp.ts'
import { emitTcpOptions, parseTcpOptions } from './tcp-options.ts'
import { verifyChecksums } from './verify.ts'

const NEW4 = { source: { address: Uint8Array.of(10, 1, 2, 3), port: 50_001 }, destination: { port: 8080 } }
const NEW6 = { ...NEW4, source: { address: hex('20010db8ffff00000000000000000077'), port: 50_001 } }

/** The packet behind an Ethernet header after a change. */
function changed(packet: Uint8Array, change: AddressChange): Uint8Array {
  const { bytes, link } = ethernet(packet)
  readdress(bytes, link, change)
  return bytes.slice(14)
}

/** An ICMP error about a packet that its client had sent, from the host with the address `sender`. */
function errorAbout(packet: Uint8Array, sender: Uint8Array): Uint8Array {
  if ((packet[0] ?? 0) >> 4 === 4)
    return ipv4(Protocol.icmp, icmp(3, 3, packet), { source: sender, destination: CLIENT4 })
  const error = ipv6(Protocol.icmp6, icmp(1, 4, packet))
  error.set(sender, 8)
  error.set(CLIENT6, 24)
  writeTransportChecksum(error, 0, 40, error.length, Protocol.icmp6)
  return error
}

const ok = (packet: Uint8Array) => expect(verifyChecksums(packet, Link.raw)).to.equal('ok')

describe('wire/readdress', () => {
  it('leaves the checksum of UDP-Lite right, whatever it covers, and one that is not there absent', () => {
    const segment = Uint8Array.of(0, 9, 0, 10, 0, 8, 0, 0, 1, 2, 3)
    const packet = ipv4(Protocol.udpLite, segment)
    const covered = (of: Uint8Array) => sumAddresses(of, 0) + Protocol.udpLite + 11 + sumWords(of, 20, 28)
    expect(u16(changed(packet, NEW4), 26)).to.equal(0)
    putU16(packet, 26, ~fold(covered(packet)) & 0xffff)
    const other = changed(packet, NEW4)
    expect(other).to.not.deep.equal(packet)
    expect(fold(covered(other))).to.equal(0xffff)
  })

  it('gives TCP and UDP other endpoints', () => {
    expect(changed(ipv4(Protocol.tcp, tcp({}, 7)), NEW4)).to.deep.equal(
      ipv4(Protocol.tcp, tcp({ sourcePort: 50_001, destinationPort: 8080 }, 7), {
        source: NEW4.source.address,
      }),
    )
    for (const packet of [
      changed(ipv4(Protocol.udp, udp(9)), NEW4),
      changed(ipv6(Protocol.udp, udp(9)), NEW6),
      changed(ipv6(Protocol.tcp, tcp({}, 9), 0, hex('0600 010400000000')), NEW6),
    ])
      ok(packet)
  })

  it('shifts sequence numbers, and what the sender acknowledges by the other difference', () => {
    const options = emitTcpOptions({
      timestamps: { value: 1, echo: 2 },
      sack: [
        [6000, 7000],
        [0xfffffff0, 5],
      ],
    })
    const packet = changed(ipv4(Protocol.tcp, tcp({ options })), { seqDelta: -1001, ackDelta: 0x20 })
    const header = parseTcp(packet, 20, packet.length)
    expect(header).to.include({ seq: 0xffffffff, ack: 5032 })
    expect(parseTcpOptions(header?.options ?? options)).to.deep.equal({
      timestamps: { value: 1, echo: 2 },
      sack: [
        [6032, 7032],
        [0x10, 37],
      ],
    })
    ok(packet)
    const syn = changed(ipv4(Protocol.tcp, tcp({ flags: Tcp.syn, ack: 0 })), { seqDelta: 5, ackDelta: 9 })
    expect(parseTcp(syn, 20, syn.length)).to.include({ seq: 1005, ack: 0 })
  })

  it('shifts the time stamp that is echoed, at any place among the options', () => {
    const stamps = emitTcpOptions({ timestamps: { value: 1, echo: 0xfffffff0 } })
    // With one filler in front of them and one behind, they lie across words.
    const odd = Uint8Array.of(1, ...stamps.subarray(2), 1)
    for (const options of [stamps, odd])
      for (const packet of [
        ipv4(Protocol.tcp, tcp({ options }, 3)),
        ipv6(Protocol.tcp, tcp({ options }, 3)),
      ]) {
        const l4 = (packet[0] ?? 0) >> 4 === 4 ? 20 : 40
        const shifted = changed(packet, { echoDelta: 0x20 })
        const header = parseTcp(shifted, l4, shifted.length)
        expect(parseTcpOptions(header?.options ?? options).timestamps).to.deep.equal({ value: 1, echo: 0x10 })
        ok(shifted)
        expect(changed(shifted, { echoDelta: -0x20 })).to.deep.equal(packet)
      }
    const syn = ipv4(Protocol.tcp, tcp({ flags: Tcp.syn, options: stamps }))
    expect(changed(syn, { echoDelta: 5 })).to.deep.equal(syn)
  })

  it('keeps every frame right, and undoes what it did', () => {
    const options = emitTcpOptions({ sack: [[6000, 7000]] })
    const packets = [
      ipv4(Protocol.tcp, tcp({ options }, 5)),
      ipv4(Protocol.udp, udp(5)),
      ipv4(Protocol.icmp, icmp(8, 0, new Uint8Array(9))),
      errorAbout(ipv4(Protocol.tcp, tcp({ options }, 5)), SERVER4),
    ]
    const address = fc.uint8Array({ minLength: 4, maxLength: 4 })
    const end = fc.record({ address, port: fc.nat(0xffff) })
    const delta = fc.nat(0xffffffff)
    const change = fc.record({ source: end, destination: end, seqDelta: delta, ackDelta: delta })
    const frames = packets.flatMap((packet) => onEveryLink(packet).map((frame) => ({ packet, ...frame })))
    fc.assert(
      fc.property(fc.constantFrom(...frames), change, ({ packet, bytes, link }, value) => {
        const copy = bytes.slice()
        readdress(copy, link, value)
        expect(verifyChecksums(copy, link)).to.equal('ok')
        const error = packet[9] === Protocol.icmp && packet[20] === 3
        const client = { address: CLIENT4, port: 40_000 }
        const server = { address: SERVER4, port: packet[9] === Protocol.udp ? 53 : 80 }
        readdress(copy, link, {
          ...(error ? { source: server, destination: client } : { source: client, destination: server }),
          seqDelta: -value.seqDelta,
          ackDelta: -value.ackDelta,
        })
        expect(copy).to.deep.equal(bytes)
      }),
      { seed: 43, numRuns: 500 },
    )
  })

  it('follows into the packet that an ICMP error quotes', () => {
    const change: AddressChange = {
      source: { address: Uint8Array.of(10, 9, 9, 9), port: 8080 },
      destination: { address: Uint8Array.of(10, 1, 2, 3), port: 50_001 },
      seqDelta: 7,
      ackDelta: 100,
    }
    const quoted = tcp({ sourcePort: 40_000, destinationPort: 80, seq: 1000, ack: 5000 }, 5)
    const packet = changed(errorAbout(ipv4(Protocol.tcp, quoted), SERVER4), change)
    expect(packet.slice(12, 20)).to.deep.equal(Uint8Array.of(10, 9, 9, 9, 10, 1, 2, 3))
    expect(packet.slice(28)).to.deep.equal(
      ipv4(Protocol.tcp, tcp({ sourcePort: 50_001, destinationPort: 8080, seq: 1100, ack: 5007 }, 5), {
        source: Uint8Array.of(10, 1, 2, 3),
        destination: Uint8Array.of(10, 9, 9, 9),
      }),
    )
    ok(packet)
  })

  it('leaves the address of a router that reports an error', () => {
    const router = Uint8Array.of(203, 0, 113, 1)
    const packet = changed(errorAbout(ipv4(Protocol.udp, udp(5)), router), {
      source: { address: Uint8Array.of(10, 9, 9, 9) },
      destination: { address: Uint8Array.of(10, 1, 2, 3) },
    })
    expect(packet.slice(12, 20)).to.deep.equal(Uint8Array.of(203, 0, 113, 1, 10, 1, 2, 3))
    expect(packet.slice(40, 48)).to.deep.equal(Uint8Array.of(10, 1, 2, 3, 10, 9, 9, 9))
    ok(packet)
  })

  it('follows into ICMPv6 errors, and into quotes of 8 transport bytes', () => {
    const client = hex('20010db8ffff00000000000000000077')
    const quoted = ipv6(Protocol.tcp, tcp({ seq: 1000 }))
    const change = { destination: { address: client, port: 50_001 }, ackDelta: 5 }
    const whole = changed(errorAbout(quoted, SERVER6), change)
    expect(whole.slice(24, 40)).to.deep.equal(client)
    expect(whole.slice(56, 72)).to.deep.equal(client)
    expect(u16(whole, 88)).to.equal(50_001)
    expect(u32(whole, 92)).to.equal(1005)
    ok(whole)
    ok(whole.slice(48))
    const short = changed(errorAbout(quoted.slice(0, 48), SERVER6), change)
    expect(u32(short, 92)).to.equal(1005)
    ok(short)
  })

  it('keeps UDP without checksum, a wrong checksum, and fragments as they were', () => {
    const bare = ipv4(Protocol.udp, udp(5))
    bare.fill(0, 26, 28)
    expect(u16(changed(bare, NEW4), 26)).to.equal(0)
    const wrong = ipv4(Protocol.tcp, tcp())
    wrong[36] = (wrong[36] ?? 0) ^ 1
    expect(verifyChecksums(changed(wrong, NEW4), Link.raw)).to.equal('bad')

    const whole = ipv4(Protocol.udp, udp(24))
    const first = ipv4(47, whole.slice(20, 36), { protocol: Protocol.udp, moreFragments: true })
    const later = ipv4(47, whole.slice(36), { protocol: Protocol.udp, fragmentOffset: 16 })
    const segment = [...changed(first, NEW4).slice(20), ...changed(later, NEW4).slice(20)]
    expect(segment).to.deep.equal([...changed(whole, NEW4).slice(20)])
  })

  it('keeps a frame right that the snapshot length cut', () => {
    const whole = ethernet(ipv4(Protocol.tcp, tcp({}, 100))).bytes
    const cut = whole.slice(0, 54)
    readdress(cut, Link.ethernet, { ...NEW4, seqDelta: 5 })
    readdress(whole, Link.ethernet, { ...NEW4, seqDelta: 5 })
    expect(cut).to.deep.equal(whole.slice(0, 54))
  })

  it('refuses an address of the other family, and leaves alone what is not IP', () => {
    const { bytes, link } = ethernet(ipv4(Protocol.tcp, tcp()))
    expect(() => readdress(bytes, link, { source: { address: CLIENT6 } })).to.throw(/16 bytes cannot replace/)
    const arp = hex('02000000000b 02000000000a 0806 0001')
    readdress(arp, Link.ethernet, { source: { address: CLIENT6 } })
    expect(arp).to.deep.equal(hex('02000000000b 02000000000a 0806 0001'))
  })

  it('never throws on damaged frames', () => {
    const seeds = [errorAbout(ipv4(Protocol.tcp, tcp()), SERVER4), ipv6(Protocol.tcp, tcp())].flatMap(
      onEveryLink,
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(100), fc.nat(255)), { maxLength: 4 }),
        fc.nat(130),
        (frame, changes, length) => {
          const bytes = frame.bytes.slice(0, length)
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
          readdress(bytes, frame.link, { source: { port: 1 }, seqDelta: 1, ackDelta: 2 })
          verifyChecksums(bytes, frame.link)
        },
      ),
      { seed: 44, numRuns: 3000 },
    )
  })
})
