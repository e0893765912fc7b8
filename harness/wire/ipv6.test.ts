import { expect } from 'chai'
import fc from 'fast-check'
import { hex, ipv6, udp } from './example-frames.test.ts'
import { checkIpv6, emitIpv6, findFragmentHeader, parseIpv6 } from './ipv6.ts'

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
})
