import { expect } from 'chai'
import fc from 'fast-check'
import { checksum } from './checksum.ts'
import { hex } from './example-frames.test.ts'
import { emitIpv4 } from './ipv4.ts'

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
  it('writes a right checksum, whatever the header', () => {
    fc.assert(
      fc.property(header, (value) => {
        const bytes = new Uint8Array(80)
        const end = emitIpv4(value, bytes, 3)
        expect(end - 3).to.equal(20 + value.options.length)
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

  it('writes every field to its place', () => {
    const bytes = new Uint8Array(28)
    const end = emitIpv4(
      {
        tos: 0x2e,
        id: 0x1234,
        dontFragment: false,
        moreFragments: true,
        fragmentOffset: 8 * 0x123,
        ttl: 63,
        protocol: 6,
        source: Uint8Array.of(10, 0, 0, 1),
        destination: Uint8Array.of(10, 0, 0, 2),
        options: hex('94040000'),
        payloadLength: 16,
      },
      bytes,
      2,
    )
    expect(end).to.equal(26)
    const written = bytes.slice(2, 26)
    written.fill(0, 10, 12)
    expect(written).to.deep.equal(hex('462e 0028 1234 2123 3f06 0000 0a000001 0a000002 94040000'))
  })
})
