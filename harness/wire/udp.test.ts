import { expect } from 'chai'
import fc from 'fast-check'
import { checkUdp, emitUdp, parseUdp } from './udp.ts'

describe('wire/udp', () => {
  it('writes what it reads back', () => {
    const port = fc.nat(0xffff)
    const header = fc.record({ sourcePort: port, destinationPort: port, payloadLength: fc.nat(65_527) })
    fc.assert(
      fc.property(header, (value) => {
        const bytes = new Uint8Array(10)
        expect(parseUdp(bytes, 1, emitUdp(value, bytes, 1))).to.deep.equal(value)
      }),
      { seed: 36 },
    )
  })

  it('gives a reason for each header that cannot be read', () => {
    expect(checkUdp(new Uint8Array(8), 0, 7)).to.match(/needs 8 bytes/)
    expect(checkUdp(new Uint8Array(8), 0, 8)).to.match(/length is 0/)
    expect(parseUdp(new Uint8Array(8), 0, 8)).to.equal(undefined)
  })
})
