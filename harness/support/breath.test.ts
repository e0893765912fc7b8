import { expect } from 'chai'
import { Breath } from './breath.ts'

describe('support/breath', () => {
  it('lets the event loop take its turn in work that never waits', async () => {
    let turned = false
    setImmediate(() => {
      turned = true
    })
    const breath = new Breath()
    for (let i = 0; i < 1e8 && !turned; i++) await breath.take()
    expect(turned).to.equal(true)
  })
})
