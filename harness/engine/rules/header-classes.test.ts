import { expect } from 'chai'
import fc from 'fast-check'
import { type Addresses, parseAddresses } from './addresses.ts'
import { AddressClasses, PortClasses } from './header-classes.ts'
import { type Ports, parsePorts } from './ports.ts'
import type { Piece } from './text.ts'

const piece = (text: string): Piece => ({ text, where: 'Rule 1', column: 1 })

describe('engine/rules: classes of headers', () => {
  const lists = [
    'any',
    '10.0.0.0/8',
    '!10.1.0.0/16',
    '[10.0.0.0/9,!10.3.0.0/17,255.255.255.255]',
    '0.0.0.0/0',
    '[2001:db8::/32,!2001:db8:1::/48]',
    '![2001:db8::/33,10.0.0.1]',
    '[any,!10.2.0.0/15]',
    '![10.0.0.0/8,![10.1.2.0/24,10.3.0.0/16]]',
  ].map((text) => parseAddresses(piece(text)))

  for (const size of [4, 16] as const) {
    it(`an address of ${size} bytes is accepted as its class is`, () => {
      const classes = new AddressClasses(lists, size)
      const near = size === 4 ? [10, 1, 0, 0] : [0x20, 0x01, 0x0d, 0xb8, 0, 1]
      fc.assert(
        fc.property(fc.uint8Array({ minLength: size, maxLength: size }), fc.nat(5), (bytes, kept) => {
          bytes.set(near.slice(0, kept))
          const accepting = classes.accepting[classes.classOf(bytes, 0)]
          for (const [index, list] of lists.entries())
            expect(accepting?.has(index), `list ${index}`).to.equal(hasAddress(list, bytes))
        }),
        { seed: 3 },
      )
    })
  }

  it('a port is accepted as its class is; packets without ports are by any alone', () => {
    const ports = ['any', '80', '[1:1023,!80]', '!443', '60000:', ':22', '0:65535'].map((text) =>
      parsePorts(piece(text)),
    )
    const classes = new PortClasses(ports)
    for (const port of [0, 1, 22, 23, 79, 80, 81, 443, 1023, 1024, 59_999, 60_000, 65_535])
      for (const [index, ranges] of ports.entries())
        expect(classes.accepting[classes.classOf(port)]?.has(index), `${port} in ${index}`).to.equal(
          ranges === undefined || hasPort(ranges, port),
        )
    expect(classes.accepting[classes.classOf(-1)]?.list()).to.deep.equal([0])
  })
})

function hasAddress(list: Addresses, bytes: Uint8Array): boolean {
  const address = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  return list
    .stretches(bytes.length === 4 ? 4 : 16)
    .some(({ first, last }) => address >= first && address <= last)
}

function hasPort(ranges: Ports, port: number): boolean {
  return ranges.some((first, i) => i % 2 === 0 && port >= first && port <= (ranges[i + 1] ?? -1))
}
