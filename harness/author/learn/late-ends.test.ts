import { expect } from 'chai'
import { seededRandom } from '../../timeline/random.ts'
import { beginningOf, lateChangeIn, lateWaits } from './late-ends.ts'
import type { Measurement } from './measured.ts'

const ANSWERS = { below: 'R', above: '.' }
const ACCURACY = { tolerance: 0.1, blur: 5.2 }

/** Flows of something that ends after so many seconds and up to `late` more, each having waited so long. */
function flows(seconds: number, late: number, waits: readonly number[], seed = 7): readonly Measurement[] {
  const random = seededRandom(seed)
  return waits.map((wait) => ({
    probe: `${wait}`,
    asked: wait,
    least: wait,
    most: wait + 0.05,
    answer: wait < seconds + (late * (random() % 1000)) / 1000 ? 'R' : '.',
  }))
}

function between(from: number, to: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => from + ((to - from) * at) / count)
}

describe('author/learn: time-outs that a timer ends late', () => {
  it('are as many whole seconds as the shortest wait that was outlasted, however late it comes', () => {
    for (const late of [0, 0.3, 1.28, 3])
      for (let seed = 1; seed <= 20; seed++) {
        const change = lateChangeIn(flows(30, late, between(28, 33, 320), seed), ANSWERS, ACCURACY)
        expect(change.wrong, `${late} s late, seed ${seed}`).to.equal(undefined)
        expect(Math.floor(change.first), `${late} s late, seed ${seed}`).to.equal(30)
        expect(change.last).to.be.within(29, 30)
        expect(change.shown.map(({ answer }) => answer)).to.deep.equal(['R', '.'])
        expect(lateWaits(change)).to.deep.equal([])
      }
  })

  it('are not told by few flows, and more are asked for about where they end', () => {
    const change = lateChangeIn(flows(30, 1.28, [10, 20, 26, 30.7, 33, 40]), ANSWERS, ACCURACY)
    expect(change.wrong).to.contain('it ends late')
    const waits = lateWaits(change)
    expect(waits).to.have.length.within(40, 64)
    expect(Math.min(...waits)).to.be.within(24, 30.5)
    expect(Math.max(...waits)).to.be.at.most(change.first)
  })

  it('are unknown where nothing ended', () => {
    const change = lateChangeIn(flows(900, 0, [10, 700]), ANSWERS, ACCURACY)
    expect(change.first).to.equal(Number.POSITIVE_INFINITY)
    expect(lateWaits(change)).to.deep.equal([])
  })

  it('are waited for from beginnings all over some seconds', () => {
    const beginnings = between(29, 31, 60).map((wait) => Number(beginningOf(wait)))
    for (const from of [0, 0.5, 1, 1.5, 2, 2.5])
      expect(beginnings.some((at) => at >= from && at < from + 0.51)).to.equal(true)
  })
})
