import { expect } from 'chai'
import { largest } from './largest.ts'

describe('support: largest', () => {
  it('takes more values than a call can have arguments', () => {
    const values = Float64Array.from({ length: 300_000 }, (_, index) => (index === 254_321 ? 7 : -index))
    expect(() => Math.max(...values)).to.throw(RangeError)
    expect(largest(values)).to.equal(7)
    expect(largest([])).to.equal(Number.NEGATIVE_INFINITY)
  })
})
