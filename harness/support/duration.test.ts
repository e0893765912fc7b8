import { expect } from 'chai'
import fc from 'fast-check'
import { formatDuration, parseDuration } from './duration.ts'

describe('support/duration', () => {
  it('reads each unit, and seconds where none is written', () => {
    expect(parseDuration('350s')).to.equal(350e9)
    expect(parseDuration(350)).to.equal(350e9)
    expect(parseDuration('1.5s')).to.equal(1.5e9)
    expect(parseDuration('200ms')).to.equal(2e8)
    expect(parseDuration('6m')).to.equal(360e9)
    expect(parseDuration('1h')).to.equal(3600e9)
    expect(parseDuration('7us')).to.equal(7000)
    expect(parseDuration('7ns')).to.equal(7)
  })

  it('refuses what is not a duration', () => {
    for (const text of ['', '-1s', '1d', 's', '1 2s', '0x10', 'NaN', '1e3s'])
      expect(() => parseDuration(text), text).to.throw(/is not a duration/)
  })

  it('writes what it reads back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5e6 }), (ms) => {
        expect(parseDuration(formatDuration(ms * 1e6))).to.equal(ms * 1e6)
      }),
      { seed: 11 },
    )
  })
})
