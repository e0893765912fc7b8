import { expect } from 'chai'
import { swapEthernet } from './ethernet.ts'
import { hex } from './example-frames.test.ts'

describe('wire/ethernet', () => {
  it('exchanges the addresses', () => {
    const bytes = hex('010203040506 0a0b0c0d0e0f 0800')
    swapEthernet(bytes, 0)
    expect(bytes).to.deep.equal(hex('0a0b0c0d0e0f 010203040506 0800'))
  })
})
