import { expect } from 'chai'
import { ScaledClock } from './clock.ts'

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
