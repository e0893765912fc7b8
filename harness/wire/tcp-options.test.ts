import { expect } from 'chai'
import fc from 'fast-check'
import { hex, join8, tcp } from './example-frames.test.ts'
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
    const whole = ['01', '020405b4', '030307', '080a0000000100000002', '050a0000000100000002'].map(hex)
    const broken = ['050a', '080a', '03', 'ff'].map(hex)
    const options = fc.array(fc.constantFrom(...whole, ...broken), { maxLength: 6 })
    let found = 0
    fc.assert(
      fc.property(options, fc.nat(20), fc.constantFrom(2, 3, 5, 8), (pieces, missing, kind) => {
        const bytes = join8(...pieces).slice(0, 40)
        const segment = tcp({ options: join8(bytes, new Uint8Array(-bytes.length & 3)) })
        const end = segment.length - missing
        const at = findTcpOption(segment, 0, end, kind)
        if (at < 0) return
        found++
        expect(at).to.be.at.least(20)
        expect(segment[at]).to.equal(kind)
        expect(at + (segment[at + 1] ?? 0)).to.be.at.most(end)
      }),
      { seed: 35, numRuns: 2000 },
    )
    expect(found).to.be.above(100)
  })
})
