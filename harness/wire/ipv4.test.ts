import { expect } from 'chai'
import fc from 'fast-check'
import { checksum } from './checksum.ts'
import { hex } from './example-frames.test.ts'
import { checkIpv4, emitIpv4, parseIpv4 } from './ipv4.ts'

const address = fc.uint8Array({ minLength: 4, maxLength: 4 })
const header = fc.record({
  tos: fc.nat(255),
  id: fc.nat(0xffff),
  dontFragment: fc.boolean(),
  moreFragments: fc.boolean(),
  fragmentOffset: fc.nat(0x1fff).map((units) => units * 8),
  ttl: fc.nat(255),
  protocol: fc.nat(255),
  source: address,
  destination: address,
  options: fc.nat(10).chain((words) => fc.uint8Array({ minLength: words * 4, maxLength: words * 4 })),
  payloadLength: fc.nat(65_475),
})

describe('wire/ipv4', () => {
  it('writes what it reads back, with a right checksum', () => {
    fc.assert(
      fc.property(header, (value) => {
        const bytes = new Uint8Array(80)
        const end = emitIpv4(value, bytes, 3)
        expect(parseIpv4(bytes, 3, end)).to.deep.equal(value)
        expect(checksum(bytes, 3, end)).to.equal(0)
      }),
      { seed: 31 },
    )
  })

  it('writes the bytes of RFC 791', () => {
    const bytes = new Uint8Array(20)
    const source = Uint8Array.of(192, 168, 0, 1)
    const destination = Uint8Array.of(192, 168, 0, 199)
    const flags = { dontFragment: true, moreFragments: false, fragmentOffset: 0, options: new Uint8Array(0) }
    emitIpv4(
      { tos: 0, id: 0, ttl: 64, protocol: 17, payloadLength: 95, source, destination, ...flags },
      bytes,
      0,
    )
    expect(bytes).to.deep.equal(hex('4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7'))
  })

  it('gives a reason for each header that cannot be read', () => {
    const good = hex('4500 0014 0000 0000 4011 0000 c0a80001 c0a800c7')
    const with0 = (first: number) => Uint8Array.of(first, ...good.slice(1))
    expect(checkIpv4(good, 0, 20)).to.equal(undefined)
    expect(checkIpv4(good, 0, 19)).to.match(/needs 20 bytes/)
    expect(checkIpv4(with0(0x65), 0, 20)).to.match(/version is 6/)
    expect(checkIpv4(with0(0x44), 0, 20)).to.match(/header length is 16/)
    expect(checkIpv4(with0(0x46), 0, 20)).to.match(/header length is 24, 20/)
    expect(checkIpv4(Uint8Array.of(0x45, 0, 0, 19, ...good.slice(4)), 0, 20)).to.match(/total length is 19/)
    expect(parseIpv4(good, 0, 19)).to.equal(undefined)
  })
})
