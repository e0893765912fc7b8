import { expect } from 'chai'
import fc from 'fast-check'
import { isWithinCidr, parseCidr } from '../../support/cidr.ts'
import { drawControlEnds } from './control-ends.ts'

const blocks = (base: string, most: number) =>
  fc.integer({ min: 8, max: most }).map((bits) => `${base}/${bits}`)

describe('observe/live/control-ends', () => {
  it('draws each end from its block, never the first or last address of one, and other ends each time', () => {
    const ranges = fc.record({
      clients: blocks('198.18.77.7', 29),
      servers: blocks('198.19.255.1', 29),
      clients6: blocks('2001:2:0:c::9', 125),
      servers6: blocks('2001:2:0:5:ffff::', 125),
    })
    fc.assert(
      fc.property(ranges, fc.boolean(), (range, highest) => {
        const ends = drawControlEnds(range, (from, below) => (highest ? below - 1 : from))
        for (const [address = new Uint8Array(0), text] of [
          [ends.ipv4[0], range.clients],
          [ends.ipv4[1], range.servers],
          [ends.ipv6[0], range.clients6],
          [ends.ipv6[1], range.servers6],
        ] as const) {
          const block = parseCidr(text)
          if (block === undefined) throw new Error(text)
          expect(isWithinCidr(block, address, 0, address.length as 4 | 16)).to.equal(true)
          const host = [...address]
            .flatMap((byte) => [...byte.toString(2).padStart(8, '0')])
            .slice(block.bits)
          expect(host).to.include('1')
          expect(host).to.include('0')
        }
      }),
    )
    const usual = {
      clients: '10.0.0.0/8',
      servers: '11.0.0.0/8',
      clients6: 'fd00::/64',
      servers6: 'fd01::/64',
    }
    const drawn = new Set(Array.from({ length: 20 }, () => String(drawControlEnds(usual).ipv4)))
    expect(drawn.size).to.be.greaterThan(15)
  })
})
