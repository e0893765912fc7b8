import { expect } from 'chai'
import { putHeader, TIMED_HEADER_BYTES } from '../target/geneve/header.ts'
import { ScaledClock, ToldClock } from './clock.ts'

/** A datagram of a gateway that says so. */
function datagramAt(nanos?: number): Uint8Array {
  const bytes = new Uint8Array(TIMED_HEADER_BYTES + 20)
  putHeader(bytes, 0, false, 7, nanos)
  return bytes
}

describe('scaled clock', () => {
  it('goes as many times as fast as it is told to', () => {
    const [plain, fast] = [new ScaledClock(1), new ScaledClock(50)]
    const [from, fastFrom] = [plain.now(), fast.now()]
    expect(fastFrom / from).to.be.closeTo(50, 1e-6)
    expect(fast.until(fastFrom + 50e9)).to.be.within(0, 1000)
    expect(fast.until(fastFrom - 1)).to.equal(0)
  })

  it('has the time of every other clock of that scale', () => {
    const first = new ScaledClock(3)
    const before = first.now()
    const second = new ScaledClock(3).now()
    expect(second).to.be.within(before, first.now())
  })
})

describe('clock that is told', () => {
  it('is where the gateway says, to the nanosecond, and stands still in between', () => {
    const clock = new ToldClock()
    const days = 30 * 86_400e9 + 1
    expect(clock.arrival(datagramAt(1_100_000_000))).to.equal(1_100_000_000)
    expect(clock.arrival(datagramAt(days))).to.equal(days)
    expect(clock.arrival(datagramAt())).to.equal(days)
    expect(clock.arrival(Uint8Array.of(1, 2, 3))).to.equal(days)
    expect(clock.until(days)).to.equal(0)
    expect(clock.until(days + 1)).to.equal(Number.POSITIVE_INFINITY)
  })

  it('goes on from there when the gateway begins anew', () => {
    const clock = new ToldClock()
    clock.arrival(datagramAt(600e9))
    expect(clock.arrival(datagramAt(5e9))).to.equal(600e9)
    expect(clock.arrival(datagramAt(6e9))).to.equal(601e9)
    expect(clock.arrival(datagramAt(1_100_000_000))).to.equal(601_100_000_000)
  })
})
