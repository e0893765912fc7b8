import { expect } from 'chai'
import fc from 'fast-check'
import { hex, tcp } from './example-frames.test.ts'
import { emitTcpOptions, findTcpOption, parseTcpOptions, TcpOption } from './tcp-options.ts'

const number = fc.nat(0xffffffff)
const options = fc.record(
  {
    mss: fc.nat(0xffff),
    windowScale: fc.nat(255),
    sackPermitted: fc.constant(true as const),
    sack: fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 2 }),
    timestamps: fc.record({ value: number, echo: number }),
  },
  { requiredKeys: [] },
)

describe('wire/tcp-options', () => {
  it('writes what it reads back, in whole words', () => {
    fc.assert(
      fc.property(options, (value) => {
        const bytes = emitTcpOptions(value)
        expect(bytes.length % 4).to.equal(0)
        expect(parseTcpOptions(bytes)).to.deep.equal(value)
      }),
      { seed: 34 },
    )
  })

  it("reads a Linux client's SYN", () => {
    const bytes = hex('020405b4 0402 080a 00000064 00000000 01 030307')
    expect(parseTcpOptions(bytes)).to.deep.equal({
      mss: 1460,
      sackPermitted: true,
      timestamps: { value: 100, echo: 0 },
      windowScale: 7,
    })
  })

  it('passes over options of a wrong length and stops at what runs out', () => {
    expect(parseTcpOptions(hex('0203 05 01'))).to.deep.equal({})
    expect(parseTcpOptions(hex('0204 05'))).to.deep.equal({})
    expect(parseTcpOptions(hex('0200 05b4'))).to.deep.equal({})
    expect(parseTcpOptions(hex('02'))).to.deep.equal({})
    expect(parseTcpOptions(hex('00 020405b4'))).to.deep.equal({})
    expect(parseTcpOptions(hex('fd04 0000 030307 01'))).to.deep.equal({ windowScale: 7 })
  })

  it('finds an option in a header, as far as that was captured', () => {
    const segment = tcp({ options: hex('0101080a0000000100000002') })
    expect(findTcpOption(segment, 0, 32, TcpOption.timestamps)).to.equal(22)
    expect(findTcpOption(segment, 0, 31, TcpOption.timestamps)).to.equal(-1)
    expect(findTcpOption(segment, 0, 32, TcpOption.mss)).to.equal(-1)
  })

  it('never reads outside what it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(70), fc.nat(8), (bytes, end, kind) => {
        const at = findTcpOption(bytes, 0, Math.min(end, bytes.length), kind)
        if (at >= 0) expect(at + (bytes[at + 1] ?? 0)).to.be.at.most(Math.min(end, bytes.length))
      }),
      { seed: 35, numRuns: 2000 },
    )
  })
})
