import { expect } from 'chai'
import fc from 'fast-check'
import { Link, Tcp } from '../model/codes.ts'
import { u16, u32 } from './bytes.ts'
import { decodeBatch } from './decode.ts'
import { dissect } from './dissect.ts'
import {
  batchOf,
  type ExampleFrame,
  ethernet,
  hex,
  ipv4,
  ipv6,
  join8,
  onEveryLink,
  tcp,
  tshark,
  udp,
} from './example-frames.test.ts'
import { Protocol } from './numbers.ts'
import type { Towards } from './reply.ts'
import { buildReset, type ResetStyle } from './reset.ts'
import { parseTcp, type TcpHeader } from './tcp.ts'
import { verifyChecksums } from './verify.ts'

function resetOf(frame: ExampleFrame, to: Towards = 'sender', style: ResetStyle = 'suricata') {
  const batch = batchOf(frame)
  decodeBatch(batch)
  return buildReset(batch, 0, to, style)
}

/** Numbers and flags of the reset about a segment over IPv4. */
function numbers(change: Partial<TcpHeader>, payload: number, to: Towards, style: ResetStyle) {
  const reset = resetOf(ethernet(ipv4(Protocol.tcp, tcp(change, payload))), to, style)
  const frame = reset?.frame ?? new Uint8Array(0)
  const { seq, ack, flags, window } = parseTcp(frame, 34, frame.length) ?? {}
  expect({ seq, ack }).to.deep.equal({ seq: reset?.seq, ack: reset?.ack })
  return { seq, ack, flags, window }
}

const RST_ACK = Tcp.rst | Tcp.ack
const MAX = 0xffffffff

describe('wire/reset', () => {
  it("builds the reset of Suricata's reject, byte for byte", () => {
    const data = tcp({ seq: 1000, ack: 5000, window: 501 }, 100)
    const reset = resetOf(ethernet(ipv4(Protocol.tcp, data, { tos: 0x28, ttl: 55 })))
    expect(reset?.frame).to.deep.equal(
      hex(`02000000000a 02000000000b 0800
           4500 0028 0000 0000 4006 8e42 c6336450 c000020a
           0050 9c40 00001388 0000044c 5014 01f5 0ce9 0000`),
    )
    expect(reset).to.include({ seq: 5000, ack: 1100 })
  })

  it('gives numbers in the style of Suricata', () => {
    const to = 'sender'
    const style = 'suricata'
    const reset = (seq: number, ack: number) => ({ seq, ack, flags: RST_ACK, window: 501 })
    expect(numbers({}, 100, to, style)).to.deep.equal(reset(5000, 1100))
    expect(numbers({ flags: Tcp.fin | Tcp.ack }, 0, to, style)).to.deep.equal(reset(5000, 1000))
    expect(numbers({ flags: Tcp.syn, ack: 0 }, 0, to, style)).to.deep.equal(reset(0, 1001))
    expect(numbers({ flags: Tcp.ack, ack: 0 }, 10, to, style)).to.deep.equal(reset(0, 1011))
    expect(numbers({ flags: Tcp.syn, ack: 77 }, 0, to, style)).to.deep.equal(reset(77, 1000))
    expect(numbers({ seq: MAX }, 1, to, style)).to.deep.equal(reset(5000, 0))
    expect(numbers({}, 100, 'receiver', style)).to.deep.equal(reset(1000, 5000))
  })

  it('gives numbers in the style of RFC 9293', () => {
    const to = 'sender'
    const style = 'rfc'
    const plain = { seq: 5000, ack: 0, flags: Tcp.rst, window: 0 }
    expect(numbers({}, 100, to, style)).to.deep.equal(plain)
    expect(numbers({ flags: Tcp.syn | Tcp.ack }, 0, to, style)).to.deep.equal(plain)
    expect(numbers({ flags: Tcp.ack, ack: 0 }, 0, to, style)).to.deep.equal({ ...plain, seq: 0 })
    const answer = (ack: number) => ({ seq: 0, ack, flags: RST_ACK, window: 0 })
    expect(numbers({ flags: Tcp.syn }, 0, to, style)).to.deep.equal(answer(1001))
    expect(numbers({ flags: Tcp.syn | Tcp.fin }, 5, to, style)).to.deep.equal(answer(1007))
    expect(numbers({ flags: 0, seq: MAX }, 2, to, style)).to.deep.equal(answer(1))
    const onward = { seq: 1000, ack: 5000, flags: RST_ACK, window: 0 }
    expect(numbers({}, 100, 'receiver', style)).to.deep.equal(onward)
    const bare = { seq: 1000, ack: 0, flags: Tcp.rst, window: 0 }
    expect(numbers({ flags: Tcp.syn }, 0, 'receiver', style)).to.deep.equal(bare)
  })

  it('is not about a reset, another protocol or a fragment', () => {
    const segment = tcp({}, 8)
    expect(resetOf(ethernet(ipv4(Protocol.tcp, tcp({ flags: Tcp.rst }))))).to.equal(undefined)
    expect(resetOf(ethernet(ipv6(Protocol.tcp, tcp({ flags: RST_ACK }))), 'sender', 'rfc')).to.equal(
      undefined,
    )
    expect(resetOf(ethernet(ipv4(Protocol.udp, udp(8))))).to.equal(undefined)
    expect(resetOf(ethernet(ipv4(Protocol.tcp, segment, { moreFragments: true })))).to.equal(undefined)
    expect(resetOf(ethernet(ipv6(Protocol.tcp, segment, 44, hex('0600 0001 00000001'))))).to.equal(undefined)
    expect(resetOf({ bytes: new Uint8Array(60), link: Link.ethernet })).to.equal(undefined)
  })

  it('keeps link header and tags, exchanging Ethernet addresses towards the sender only', () => {
    const frame = ethernet(ipv4(Protocol.tcp, tcp({}, 9)), hex('88a8 0064 8100 0005'))
    expect(resetOf(frame)?.frame.slice(0, 22)).to.deep.equal(
      hex('02000000000a 02000000000b 88a80064 81000005 0800'),
    )
    expect(resetOf(frame, 'receiver')?.frame.slice(0, 22)).to.deep.equal(frame.bytes.slice(0, 22))
    const pppoe = join8(
      hex('02000000000b 02000000000a 8864 1100 0001 0000 0021'),
      ipv4(Protocol.tcp, tcp({}, 9)),
    )
    expect(u16(resetOf({ bytes: pppoe, link: Link.ethernet })?.frame ?? pppoe, 18)).to.equal(42)
    for (const example of onEveryLink(ipv6(Protocol.tcp, tcp({}, 30)))) {
      const reset = resetOf(example)?.frame ?? new Uint8Array(0)
      const { l4, kind } = dissect(reset, example.link)
      expect(kind).to.equal(2)
      expect(l4 + 20).to.equal(reset.length)
      expect(verifyChecksums(reset, example.link)).to.equal('ok')
    }
  })

  it('answers a datagram rebuilt from fragments by its own numbers', () => {
    const whole = ipv4(Protocol.tcp, tcp({ options: hex('0101080a0000000100000002') }, 60))
    const last = ipv4(47, whole.slice(60), { protocol: Protocol.tcp, fragmentOffset: 40 })
    const batch = batchOf(ethernet(last, hex('8100 0005')))
    decodeBatch(batch)
    const rebuilt = { index: 0, bytes: whole, kind: 1, l4: 20, payload: 60, flags: Tcp.psh | Tcp.ack }
    const reset = buildReset(batch, rebuilt, 'sender', 'suricata')
    expect(reset).to.include({ seq: 5000, ack: 1060 })
    const direct = resetOf(ethernet(whole, hex('8100 0005')))
    expect(reset?.frame).to.deep.equal(direct?.frame)
    expect(buildReset(batch, { ...rebuilt, flags: Tcp.rst }, 'sender', 'rfc')).to.equal(undefined)
  })

  it('always has right checksums and a number that the sender waits for', () => {
    const change = fc.record({
      seq: fc.nat(MAX),
      ack: fc.nat(MAX),
      flags: fc.nat(255).map((flags) => flags & ~Tcp.rst),
      window: fc.nat(0xffff),
    })
    fc.assert(
      fc.property(
        change,
        fc.nat(300),
        fc.boolean(),
        fc.constantFrom<Towards>('sender', 'receiver'),
        fc.constantFrom<ResetStyle>('suricata', 'rfc'),
        (header, payload, six, to, style) => {
          const segment = tcp(header, payload)
          const frame = ethernet(six ? ipv6(Protocol.tcp, segment) : ipv4(Protocol.tcp, segment))
          const reset = resetOf(frame, to, style)
          const bytes = reset?.frame ?? new Uint8Array(0)
          expect(verifyChecksums(bytes, Link.ethernet)).to.equal('ok')
          const l4 = six ? 54 : 34
          expect(u32(bytes, l4 + 4)).to.equal(reset?.seq)
          if (to === 'sender' && (header.flags & Tcp.ack) !== 0) expect(reset?.seq).to.equal(header.ack)
        },
      ),
      { seed: 41, numRuns: 500 },
    )
  })

  it('is a reset without complaint to tshark', () => {
    const segment = tcp({ options: hex('0101080a0000000100000002') }, 100)
    const causes = [ipv4(Protocol.tcp, segment), ipv6(Protocol.tcp, segment)]
    const cases = causes.flatMap((packet) =>
      (['suricata', 'rfc'] as const).flatMap((style) =>
        (['sender', 'receiver'] as const).map((to) => resetOf(ethernet(packet, hex('8100 0005')), to, style)),
      ),
    )
    const frames = cases.map((reset) => ({ bytes: reset?.frame ?? new Uint8Array(0) }))
    const fields = [
      'tcp.seq_raw',
      'tcp.ack_raw',
      'tcp.len',
      'vlan.id',
      'tcp.checksum.status',
      'ip.checksum.status',
    ]
    const rows = tshark(1, frames, [...fields, '_ws.malformed'])
    expect(rows).to.deep.equal(
      cases.map((reset, i) => [`${reset?.seq}`, `${reset?.ack}`, '0', '5', '1', i < 4 ? '1' : '', '']),
    )
  })
})
