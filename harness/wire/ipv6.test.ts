import { expect } from 'chai'
import { hex, ipv6, udp } from './example-frames.test.ts'
import { cutHeader, emitIpv6, findFragmentHeader } from './ipv6.ts'

describe('wire/ipv6', () => {
  it('writes every field to its place', () => {
    const bytes = new Uint8Array(50)
    const source = hex('20010db8 00000000 00000000 00000001')
    const destination = hex('20010db8 00000000 00000000 00000002')
    const numbers = {
      trafficClass: 0xab,
      flowLabel: 0xcdef1,
      payloadLength: 0x1234,
      nextHeader: 6,
      hopLimit: 63,
    }
    expect(emitIpv6({ ...numbers, source, destination }, bytes, 5)).to.equal(45)
    expect(bytes.slice(5, 13)).to.deep.equal(hex('6abcdef1 1234 06 3f'))
    expect(bytes.slice(13, 29)).to.deep.equal(source)
    expect(bytes.slice(29, 45)).to.deep.equal(destination)
    expect(bytes.slice(45)).to.deep.equal(new Uint8Array(5))
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
