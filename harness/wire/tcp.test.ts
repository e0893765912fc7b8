import { expect } from 'chai'
import fc from 'fast-check'
import { checkTcp, emitTcp, parseTcp } from './tcp.ts'

const port = fc.nat(0xffff)
const number = fc.nat(0xffffffff)
const header = fc.record({
  sourcePort: port,
  destinationPort: port,
  seq: number,
  ack: number,
  reserved: fc.nat(15),
  flags: fc.nat(255),
  window: port,
  urgent: port,
  options: fc.nat(10).chain((words) => fc.uint8Array({ minLength: words * 4, maxLength: words * 4 })),
})

describe('wire/tcp', () => {
  it('writes what it reads back', () => {
    fc.assert(
      fc.property(header, (value) => {
        const bytes = new Uint8Array(64)
        const end = emitTcp(value, bytes, 4)
        expect(parseTcp(bytes, 4, end)).to.deep.equal(value)
      }),
      { seed: 33 },
    )
  })

  it('gives a reason for each header that cannot be read', () => {
    const bytes = new Uint8Array(24)
    expect(checkTcp(bytes, 0, 19)).to.match(/needs 20 bytes/)
    bytes[12] = 0x40
    expect(checkTcp(bytes, 0, 24)).to.match(/header length is 16/)
    bytes[12] = 0x60
    expect(checkTcp(bytes, 0, 23)).to.match(/header length is 24, 23/)
    expect(checkTcp(bytes, 0, 24)).to.equal(undefined)
    expect(parseTcp(bytes, 0, 23)).to.equal(undefined)
  })
})
