import { expect } from 'chai'
import { TOLERANCE } from './ladder.ts'
import { latenessOf, type Moment, waitedBefore } from './lateness.ts'
import { changeIn, type Measurement, secondsWithin, waitsWithin } from './measured.ts'

const ANSWERS = { below: 'F', above: 'D' }
const ACCURACY = { tolerance: 0.25, blur: 5.5 }

/** Flows that really waited so long. */
function flows(answer: string, ...waits: readonly number[]): readonly Measurement[] {
  return waits.map((waited) => ({
    probe: `${answer} ${waited}`,
    asked: Math.floor(waited),
    least: waited,
    most: waited,
    answer,
  }))
}

/** Packets that were sent at these times, or up to a quarter of a second later. */
function moments(...times: readonly number[]): readonly Moment[] {
  return times.map((from) => ({ from, to: from + 0.25 }))
}

describe('author/learn: time-outs that are measured', () => {
  it('lie between the longest wait that was answered so and the shortest that was not', () => {
    const change = changeIn([...flows('F', 3, 117.9, 90), ...flows('D', 400, 121.2)], ANSWERS, ACCURACY)
    expect(change).to.include({ last: 117.65, first: 121.45 })
    expect(change.shown.map(({ probe }) => probe)).to.deep.equal(['F 117.9', 'D 121.2'])
    expect(secondsWithin(change)).to.equal(4)
  })

  it('are asked for between these, as often as can be told apart, until one whole second is left', () => {
    const limits = { most: 1500, tolerance: 0.25 }
    const wide = changeIn([...flows('F', 117.9), ...flows('D', 121.2)], ANSWERS, ACCURACY)
    const waits = waitsWithin(wide, limits)
    expect(waits).to.have.length.within(10, 16)
    for (const wait of waits) expect(wait).to.be.within(115, 121.45)
    const narrow = changeIn([...flows('F', 119.9), ...flows('D', 120.1)], ANSWERS, ACCURACY)
    expect(waitsWithin(narrow, limits)).to.deep.equal([])
  })

  it('are asked for shorter where a late clock made waits longer', () => {
    const late = [{ probe: 'late', asked: 100, least: 120, most: 121, answer: 'F' }, ...flows('D', 130)]
    const waits = waitsWithin(changeIn(late, ANSWERS, ACCURACY), { most: 1500, tolerance: 0.25 })
    expect(Math.min(...waits)).to.be.within(108, 112)
    expect(Math.max(...waits)).to.be.within(128, 130.25)
  })

  it('are of a clock of ticks that may have stood still for a few of them', () => {
    // As was measured of the 24 s that a kernel was set to, five times as fast.
    const accuracy = { tolerance: 5 * TOLERANCE, blur: 5.5 }
    const change = changeIn([...flows('F', 110, 120.118), ...flows('D', 120.409, 130)], ANSWERS, accuracy)
    expect(change.last).to.be.within(119, 119.999)
    expect(change.first).to.be.within(120.409, 120.999)
  })

  it('are nothing beyond the longest wait, nor before any', () => {
    const long = changeIn(flows('F', 5, 1500), ANSWERS, ACCURACY)
    expect(long.first).to.equal(Number.POSITIVE_INFINITY)
    expect(waitsWithin(long, { most: 1500, tolerance: 0.25 })).to.deep.equal([])
    expect(changeIn(flows('D', 0, 5), ANSWERS, ACCURACY)).to.include({ last: -1, first: 0.25 })
  })

  it('may stand in no order within a moment, but no further', () => {
    const near = changeIn([...flows('F', 10, 21), ...flows('D', 19, 30)], ANSWERS, ACCURACY)
    expect(near).to.include({ last: 9.75, first: 30.25 })
    expect(near.wrong).to.equal(undefined)
    const far = changeIn([...flows('F', 10, 40), ...flows('D', 19, 50)], ANSWERS, ACCURACY)
    expect(far.wrong).to.equal('it was answered F after 40.00 s, and D after 19.00 s already')
  })

  it('are not told by answers that are neither', () => {
    const few = changeIn([...flows('F', 10), ...flows('X', 12), ...flows('D', 20)], ANSWERS, ACCURACY)
    expect(few.wrong).to.equal(undefined)
    const many = changeIn([...flows('F', 10), ...flows('X', 12, 13, 14)], ANSWERS, ACCURACY)
    expect(many.wrong).to.contain('after 12.00 s it was answered X, where F or D was due')
  })
})

describe('author/learn: probes on a clock that cannot be set', () => {
  const probe = { name: 'a wait', setup: 'drop', script: 'open +60 >A' } as const

  it('say nothing where a packet came too late', () => {
    expect(latenessOf(probe, moments(0, 0.01, 0.02, 67))).to.deep.equal({})
    expect(latenessOf(probe, moments(0, 0.01, 0.02, 69))).to.deep.equal({ late: 69 - 0.02 - 60 })
    expect(latenessOf(probe, moments(0, 3, 3.1, 63)))
      .to.have.property('late')
      .closeTo(2.99, 0.001)
    expect(latenessOf({ ...probe, exact: true }, moments(0, 0.01, 0.02, 60.4))).to.have.property('late')
  })

  it('may come at any time where that is looked at, or something happens to hosts', () => {
    expect(latenessOf({ ...probe, measured: true }, moments(0, 0.01, 0.02, 99))).to.deep.equal({})
    expect(latenessOf({ ...probe, script: '>S [takeover] >S' }, moments(0, 20))).to.deep.equal({})
  })

  it('tell how long they really waited', () => {
    expect(waitedBefore(2, moments(0, 1, 4.5))).to.deep.equal({ least: 3.25, most: 3.75 })
    expect(waitedBefore(2, undefined)).to.equal(undefined)
  })
})
