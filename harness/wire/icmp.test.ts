import { expect } from 'chai'
import { hex, icmp, ipv4, ipv6, tcp, udp } from './example-frames.test.ts'
import { emitIcmp, findQuote, isIcmpError, type Quote } from './icmp.ts'
import { Protocol } from './numbers.ts'

function quoted(type: number, packet: Uint8Array, six: boolean): Quote | undefined {
  const message = icmp(type, 0, packet)
  const quote = { l3: -1, l4: -1, protocol: 0 }
  return findQuote(message, 0, message.length, six, quote) ? quote : undefined
}

describe('wire/icmp', () => {
  it('writes every field to its place', () => {
    const bytes = new Uint8Array(10).fill(0xff)
    expect(emitIcmp({ type: 3, code: 4, rest: 0x000005dc }, bytes, 1)).to.equal(9)
    expect(bytes).to.deep.equal(hex('ff 03 04 0000 000005dc ff'))
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

  it('reads, as Linux does, the next protocol of a quote that ends within an extension header', () => {
    const message = (fragment: string, length: number) =>
      icmp(2, 0, ipv6(50, udp(2), 44, hex(fragment)).slice(0, length))
    const find = (fragment: string, length: number, linux: boolean) => {
      const quote = { l3: -1, l4: -1, protocol: 0 }
      const bytes = message(fragment, length)
      return findQuote(bytes, 0, bytes.length, true, quote, linux) ? quote : undefined
    }
    const first = '3200 0001 00000009'
    expect(find(first, 44, true)).to.deep.equal({ l3: 8, l4: -1, protocol: 50 })
    expect(find(first, 43, true)).to.equal(undefined)
    expect(find('3200 0009 00000009', 56, true)).to.equal(undefined)
    expect(find(first, 47, false)).to.deep.equal({ l3: 8, l4: -1, protocol: 44 })
  })
})
