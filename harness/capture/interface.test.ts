import { expect } from 'chai'
import fc from 'fast-check'
import { CaptureInterface } from './interface.ts'

const SECOND = 1_000_000_000n

/** Nanoseconds since 1970 of a timestamp, by exact arithmetic. */
function exact(units: bigint, resolution: number, offset: bigint): bigint {
  const perSecond = resolution > 0x7f ? 2n ** BigInt(resolution & 0x7f) : 10n ** BigInt(resolution)
  return (units * SECOND) / perSecond + offset * SECOND
}

function nanosOf(units: bigint, epochUnits: bigint, resolution: number, offset: bigint): bigint {
  const described = new CaptureInterface(1, 0, resolution, offset)
  const split = (value: bigint) => [Number(value >> 32n), Number(value & 0xffff_ffffn)] as const
  const epoch = described.secondsOf(...split(epochUnits))
  described.setEpoch(epoch)
  return epoch * SECOND + BigInt(described.nanos(...split(units)))
}

describe('capture/interface', () => {
  const resolutions = [0, 3, 6, 9, 10, 12, 15, 0x80, 0x81, 0x8a, 0x94, 0x9e, 0xa0]

  it('turns timestamps of every resolution into nanoseconds, exactly', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...resolutions),
        fc.bigInt({ min: 0n, max: 2n ** 31n }),
        fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (resolution, seconds, offset, ahead) => {
          const perSecond = resolution > 0x7f ? 2n ** BigInt(resolution & 0x7f) : 10n ** BigInt(resolution)
          const most = 2n ** 64n / perSecond
          const first = (seconds % (most > 2n ** 31n ? 2n ** 31n : most)) * perSecond
          // Within 2^52 units and 100 days of the epoch, where doubles are exact, and within 64 bits.
          const days = perSecond * 8_640_000n
          const span = [days, 2n ** 52n, 2n ** 64n - 1n - first].reduce((a, b) => (a < b ? a : b))
          const units = first + BigInt(Math.floor(ahead * Number(span) * 0.999))
          expect(nanosOf(units, first, resolution, offset)).to.equal(exact(units, resolution, offset))
        },
      ),
      { seed: 3, numRuns: 2000 },
    )
  })

  it('goes back before its epoch', () => {
    expect(nanosOf(1_500_000n, 10_000_000n, 6, 0n)).to.equal(1_500_000_000n)
    expect(nanosOf(1536n, 10_240n, 0x8a, -5n)).to.equal(1_500_000_000n - 5n * SECOND)
  })

  it('takes resolutions that no clock has', () => {
    for (const resolution of [20, 63, 127, 0xbf, 0xff])
      expect(nanosOf(2n ** 64n - 1n, 0n, resolution, 0n) >= 0n, `${resolution}`).to.equal(true)
  })
})
