import { expect } from 'chai'
import fc from 'fast-check'
import { checkEthernet, emitEthernet, parseEthernet, swapEthernet } from './ethernet.ts'
import { hex } from './example-frames.test.ts'

describe('wire/ethernet', () => {
  it('writes what it reads back', () => {
    const mac = fc.uint8Array({ minLength: 6, maxLength: 6 })
    const header = fc.record({ destination: mac, source: mac, etherType: fc.nat(0xffff) })
    fc.assert(
      fc.property(header, (value) => {
        const bytes = new Uint8Array(16)
        expect(parseEthernet(bytes, 2, emitEthernet(value, bytes, 2))).to.deep.equal(value)
      }),
      { seed: 37 },
    )
  })

  it('refuses fewer than 14 bytes', () => {
    expect(checkEthernet(new Uint8Array(14), 0, 13)).to.match(/needs 14 bytes/)
    expect(parseEthernet(new Uint8Array(14), 1, 14)).to.equal(undefined)
  })

  it('exchanges the addresses', () => {
    const bytes = hex('010203040506 0a0b0c0d0e0f 0800')
    swapEthernet(bytes, 0)
    expect(bytes).to.deep.equal(hex('0a0b0c0d0e0f 010203040506 0800'))
  })
})
