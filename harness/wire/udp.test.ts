import { expect } from 'chai'
import { hex } from './example-frames.test.ts'
import { emitUdp } from './udp.ts'

describe('wire/udp', () => {
  it('writes every field to its place', () => {
    const bytes = new Uint8Array(10).fill(0xff)
    expect(emitUdp({ sourcePort: 0x1234, destinationPort: 53, payloadLength: 65_527 }, bytes, 1)).to.equal(9)
    expect(bytes).to.deep.equal(hex('ff 1234 0035 ffff 0000 ff'))
  })
})
