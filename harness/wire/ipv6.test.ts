import { expect } from 'chai'
import fc from 'fast-check'
import { hex, ipv6, udp } from './example-frames.test.ts'
import { checkIpv6, cutHeader, emitIpv6, findFragmentHeader, parseIpv6 } from './ipv6.ts'

const address = fc.uint8Array({ minLength: 16, maxLength: 16 })
const header = fc.record({
  trafficClass: fc.nat(255),
  flowLabel: fc.nat(0xfffff),
  nextHeader: fc.nat(255),
  hopLimit: fc.nat(255),
  source: address,
  destination: address,
  payloadLength: fc.nat(0xffff),
})

describe('wire/ipv6', () => {
  it('writes what it reads back', () => {
    fc.assert(
      fc.property(header, (value) => {
        const bytes = new Uint8Array(50)
        const end = emitIpv6(value, bytes, 5)
        expect(parseIpv6(bytes, 5, end)).to.deep.equal(value)
      }),
      { seed: 32 },
    )
  })

  it('gives a reason for each header that cannot be read', () => {
    const bytes = new Uint8Array(40)
    expect(checkIpv6(bytes, 0, 39)).to.match(/needs 40 bytes/)
    expect(checkIpv6(bytes, 0, 40)).to.match(/version is 0/)
    expect(parseIpv6(bytes, 0, 40)).to.equal(undefined)
  })

  it('finds the fragment header behind other extension headers', () => {
    const fragment = hex('1100 0001 00000009')
    expect(findFragmentHeader(ipv6(17, udp(0), 44, fragment), 0, 56)).to.equal(40)
    const both = ipv6(17, udp(0), 0, hex('2c00 010400000000'), fragment)
    expect(findFragmentHeader(both, 0, both.length)).to.equal(48)
    expect(findFragmentHeader(both, 0, 55)).to.equal(-1)
    expect(findFragmentHeader(ipv6(17, udp(0)), 0, 48)).to.equal(-1)
  })

  it('tells which header a first fragment cuts, as Linux 6.18 was seen to', () => {
    const options = (next: number, length: number) => Uint8Array.of(next, length / 8 - 1)
    const cutOf = (next: number, length: number, ...chain: readonly [number, Uint8Array][]) => {
      const bytes = new Uint8Array(8 + 64)
      bytes[0] = next
      for (const [at, header] of chain) bytes.set(header, 8 + at)
      return cutHeader(bytes, 0, 8 + length, bytes.length)
    }
    const least: readonly [protocol: number, bytes: number][] = [
      [6, 20],
      [17, 8],
      [58, 8],
      [132, 1],
      [253, 1],
    ]
    for (const [protocol, bytes] of least) {
      expect(cutOf(protocol, bytes - 1), `${protocol}`).to.equal(protocol)
      expect(cutOf(protocol, bytes), `${protocol}`).to.equal(-1)
    }
    expect(cutOf(59, 0)).to.equal(-1)
    const one: [number, Uint8Array] = [0, options(6, 16)]
    expect([0, 8, 16, 32, 36].map((length) => cutOf(60, length, one))).to.deep.equal([-1, 6, 6, 6, -1])
    const two: [number, Uint8Array][] = [
      [0, options(60, 8)],
      [8, options(6, 8)],
    ]
    expect([8, 16, 35, 36].map((length) => cutOf(60, length, ...two))).to.deep.equal([-1, 6, 6, -1])
    expect(cutOf(44, 16, [0, hex('0600 0000 00000001')])).to.equal(6)
    expect(cutOf(44, 16, [0, hex('0600 0008 00000001')])).to.equal(-1)
  })
})
