import { expect } from 'chai'
import { Link, Tcp } from '../../model/codes.ts'
import { hex, icmp, ipv4, ipv6, join8, tcp, tshark } from '../../wire/example-frames.test.ts'
import { Protocol } from '../../wire/numbers.ts'
import { GENEVE_OVERHEAD } from '../../wire/tunnel/gateway-marks.ts'
import { timeIn } from '../../wire/tunnel/geneve-time.ts'
import { emitUdp } from '../../wire/udp.ts'
import { HEADER_BYTES, putHeader, TIMED_HEADER_BYTES } from './header.ts'

/** Written by hand from the offsets of the field guide: header, endpoint, attachment, cookie. */
const EXPECTED = hex(`
  08 00 0800 000000 00
  0108 01 02 0000000f103b4ea5
  0108 02 02 0000000f103b4ea6
  0108 03 01 deadbeef`)
const IPV4_UDP = 28
const COOKIE = 0xdeadbeef

function headerOf(six: boolean, time?: number): Uint8Array {
  const bytes = new Uint8Array(time === undefined ? HEADER_BYTES : TIMED_HEADER_BYTES).fill(0xff)
  putHeader(bytes, 0, six, COOKIE, time)
  return bytes
}

describe('target/geneve/header', () => {
  it('is what the field guide shows, 68 bytes round a packet with IPv4 and UDP', () => {
    expect(headerOf(false)).to.deep.equal(EXPECTED)
    expect(headerOf(true)).to.deep.equal(join8(EXPECTED.subarray(0, 2), hex('86dd'), EXPECTED.subarray(4)))
    expect(IPV4_UDP + HEADER_BYTES).to.equal(GENEVE_OVERHEAD)
  })

  it('says behind that what time it is, where it is to', () => {
    const bytes = headerOf(false, 123_456_789_012_345)
    expect(bytes.subarray(8, HEADER_BYTES)).to.deep.equal(EXPECTED.subarray(8))
    expect(timeIn(bytes, 0)).to.equal(123_456_789_012_345)
  })

  it('is what tshark takes it for', () => {
    const inners = [
      { inner: ipv4(Protocol.tcp, tcp({ flags: Tcp.syn }, 3)), six: false },
      { inner: ipv6(Protocol.tcp, tcp({}, 5)), six: true },
      { inner: ipv4(Protocol.icmp, icmp(8, 0, new Uint8Array(9))), six: false },
    ]
    const cases = inners.flatMap((each) => [
      { ...each, time: undefined },
      { ...each, time: 1_000_000_001 },
    ])
    const rows = tshark(
      101,
      cases.map(({ inner, six, time }) => {
        const payload = join8(headerOf(six, time), inner)
        const datagram = new Uint8Array(8)
        emitUdp({ sourcePort: 60_123, destinationPort: 6081, payloadLength: payload.length }, datagram, 0)
        return { bytes: ipv4(Protocol.udp, join8(datagram, payload)), link: Link.raw }
      }),
      [
        'geneve.version',
        'geneve.proto_type',
        'geneve.vni',
        'geneve.option.class',
        'geneve.option.type',
        'tcp.checksum.status',
        'icmp.checksum.status',
        '_ws.malformed',
      ],
    )
    const numbers = (cell = '') => cell.split(',').map(Number)
    expect(rows).to.have.length(cases.length)
    for (const [index, { six, time }] of cases.entries()) {
      const [version, protocol, vni, classes, types, tcpStatus, icmpStatus, malformed] = rows[index] ?? []
      const told = time === undefined ? [] : [{ optionClass: 0xff00, type: 1 }]
      expect([version, Number(vni), malformed]).to.deep.equal(['0', 0, ''])
      expect(Number(protocol)).to.equal(six ? 0x86dd : 0x0800)
      expect(numbers(classes)).to.deep.equal([
        0x108,
        0x108,
        0x108,
        ...told.map(({ optionClass }) => optionClass),
      ])
      expect(numbers(types)).to.deep.equal([1, 2, 3, ...told.map(({ type }) => type)])
      // 1: good. Only what is read where it should be has a checksum that is.
      expect(index < 4 ? tcpStatus : icmpStatus).to.equal('1')
    }
  })
})
