import { expect } from 'chai'
import fc from 'fast-check'
import { putU16, u16 } from './bytes.ts'
import { checksum, fold, sumWords, updateChecksum } from './checksum.ts'
import { hex } from './example-frames.test.ts'

describe('wire/checksum', () => {
  it('computes the example of RFC 1071', () => {
    expect(fold(sumWords(hex('0001 f203 f4f5 f6f7'), 0, 8))).to.equal(0xddf2)
    expect(checksum(hex('0001 f203 f4f5 f6f7'))).to.equal(0xffff - 0xddf2)
  })

  it('pads an odd last byte with zero', () => {
    expect(checksum(hex('0001 f2'))).to.equal(checksum(hex('0001 f200')))
    expect(checksum(hex('ff 0001 f2 ff'), 1, 4)).to.equal(checksum(hex('0001 f200')))
  })

  it('computes the example of RFC 1624', () => {
    expect(updateChecksum(0xdd2f, 0x5555, 0x3285)).to.equal(0)
  })

  it('keeps the checksum of zeros where nothing is replaced', () => {
    expect(checksum(new Uint8Array(8))).to.equal(0xffff)
    expect(updateChecksum(0xffff, 0xffff, 0xffff)).to.equal(0xffff)
  })

  it('updated equals computed anew', () => {
    const words = fc.uint8Array({ minLength: 2, maxLength: 40 }).filter((bytes) => bytes.length % 2 === 0)
    fc.assert(
      fc.property(words, fc.nat(), fc.nat(0xffff), (bytes, where, value) => {
        const at = (where % (bytes.length / 2)) * 2
        const covered = Uint8Array.of(1, 0, ...bytes)
        const old = checksum(covered)
        const before = u16(covered, at + 2)
        putU16(covered, at + 2, value)
        expect(updateChecksum(old, before, value)).to.equal(checksum(covered))
      }),
      { seed: 39, numRuns: 1000 },
    )
  })

  it('sums 256 KiB without overflow', () => {
    expect(checksum(new Uint8Array(262_144).fill(0xff))).to.equal(0)
  })
})
