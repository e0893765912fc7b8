import { expect } from 'chai'
import fc from 'fast-check'
import { hex, icmp, ipv4, ipv6, tcp, udp } from './example-frames.test.ts'
import { checkIcmp, emitIcmp, findQuote, isIcmpError, parseIcmp, type Quote } from './icmp.ts'
import { Protocol } from './numbers.ts'

function quoted(type: number, packet: Uint8Array, six: boolean): Quote | undefined {
  const message = icmp(type, 0, packet)
  const quote = { l3: -1, l4: -1, protocol: 0 }
  return findQuote(message, 0, message.length, six, quote) ? quote : undefined
}

describe('wire/icmp', () => {
  it('writes what it reads back', () => {
    const header = fc.record({ type: fc.nat(255), code: fc.nat(255), rest: fc.nat(0xffffffff) })
    fc.assert(
      fc.property(header, (value) => {
        const bytes = new Uint8Array(9)
        expect(parseIcmp(bytes, 1, emitIcmp(value, bytes, 1))).to.deep.equal(value)
      }),
      { seed: 38 },
    )
    expect(checkIcmp(new Uint8Array(8), 0, 7)).to.match(/needs 8 bytes/)
    expect(parseIcmp(new Uint8Array(8), 0, 7)).to.equal(undefined)
  })

  it('tells errors from the rest', () => {
    expect([0, 3, 4, 5, 8, 11, 12, 13].filter((type) => isIcmpError(type, false))).to.deep.equal([
      3, 4, 5, 11, 12,
    ])
    expect([1, 2, 3, 4, 127, 128, 129, 135].filter((type) => isIcmpError(type, true))).to.deep.equal([
      1, 2, 3, 4, 127,
    ])
  })

  it('finds the quoted packet', () => {
    const segment = tcp().slice(0, 8)
    const packet = (change = {}) => ipv4(47, segment, { protocol: Protocol.tcp, ...change })
    expect(quoted(3, packet(), false)).to.deep.equal({ l3: 8, l4: 28, protocol: 6 })
    expect(quoted(3, packet({ moreFragments: true }), false)).to.include({ l4: 28 })
    expect(quoted(3, packet({ fragmentOffset: 8 }), false)).to.include({ l4: -1 })
    expect(quoted(3, packet().slice(0, 27), false)).to.include({ l3: 8, l4: -1 })
    expect(quoted(3, packet().slice(0, 19), false)).to.equal(undefined)
    expect(quoted(8, packet(), false)).to.equal(undefined)
    expect(quoted(3, ipv6(Protocol.udp, udp(2)), false)).to.equal(undefined)

    expect(quoted(1, ipv6(Protocol.udp, udp(2)), true)).to.deep.equal({ l3: 8, l4: 48, protocol: 17 })
    const chain = ipv6(Protocol.udp, udp(2), 0, hex('2c00 010400000000'), hex('1100 0001 00000009'))
    expect(quoted(1, chain, true)).to.deep.equal({ l3: 8, l4: 64, protocol: 17 })
    const later = ipv6(Protocol.udp, udp(2), 44, hex('1100 0008 00000009'))
    expect(quoted(1, later, true)).to.deep.equal({ l3: 8, l4: -1, protocol: 17 })
    expect(quoted(1, ipv6(Protocol.udp, udp(2)).slice(0, 47), true)).to.include({ l4: -1 })
    expect(quoted(1, packet(), true)).to.equal(undefined)
  })
})
