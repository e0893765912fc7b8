import { expect } from 'chai'
import fc from 'fast-check'
import { emitTcp, parseTcp } from './tcp.ts'

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

  it('reads no header that does not fit', () => {
    const bytes = new Uint8Array(24)
    const isRead = (length: number, end: number) => {
      bytes[12] = (length / 4) << 4
      return parseTcp(bytes, 0, end) !== undefined
    }
    expect(isRead(20, 19)).to.equal(false)
    expect(isRead(20, 20)).to.equal(true)
    expect(isRead(16, 24)).to.equal(false)
    expect(isRead(24, 23)).to.equal(false)
    expect(isRead(24, 24)).to.equal(true)
  })
})
