import { expect } from 'chai'
import fc from 'fast-check'
import { Stream } from './stream.ts'
import { giveWindow, takeWindow } from './windows.ts'

describe('app/windows', () => {
  it('gives windows out again, of a power of two, and never one to two', () => {
    const first = takeWindow(3000)
    expect(first.length).to.equal(4096)
    giveWindow(first)
    const again = takeWindow(4096)
    expect(again).to.equal(first)
    expect(takeWindow(4096)).not.to.equal(first)
    expect(takeWindow(1).length).to.equal(2048)
    expect(takeWindow(200_000).length).to.equal(262_144)
  })

  it('what a stream held before does not show in the next one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 1, max: 9000 }), (one, other) => {
        const before = new Stream()
        before.insert(0, new Uint8Array(one).fill(1), 0, one)
        before.release()
        expect(before.size).to.equal(0)
        const after = new Stream()
        after.insert(other, new Uint8Array(other).fill(2), 0, other)
        expect(after.find(0)).to.equal(false)
        expect(after.find(other)).to.equal(true)
        const held = after.bytes.subarray(after.foundAt, after.foundAt + after.foundLength)
        expect(held.length === other && held.every((byte) => byte === 2)).to.equal(true)
        after.release()
      }),
      { seed: 20_261_127 },
    )
  })
})
