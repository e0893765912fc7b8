import * as chai from 'chai'
import { flowbreak } from './chai.ts'
import { CaptureStore, CasePlayer, loadSuite, ReferenceTarget, type Target } from './index.ts'
import { describeCases, describeTarget } from './mocha.ts'
import type { CaseTrace } from './model/run-log.ts'

chai.use(flowbreak)
const { expect } = chai

const ROOT = new URL('../', import.meta.url).pathname
const target: Target = new ReferenceTarget('test')
const { cases } = loadSuite(`${ROOT}suites/core/first-packet.yaml`, { captures: [`${ROOT}captures`] })

describe('mocha door', () => {
  describeCases(cases.slice(0, 3), { target })
  describeTarget('by the door', () => target, { timeout: 60_000 })
})

describe('chai door', () => {
  let trace: CaseTrace | undefined
  before(async () => {
    const test = cases.find(({ name }) => name.includes('/data/') && name.includes('policy:reject'))
    if (test === undefined) throw new Error('core/first-packet has a data case')
    const { signal } = new AbortController()
    const session = await target.prepare(test.setup, signal)
    const recorded = await new CaptureStore().load(test.capture, test.setup)
    ;({ trace } = await new CasePlayer(1).play(test, recorded, session, signal))
  })

  it('states what became of packets', () => {
    const rejected = trace?.number[trace.verdict.indexOf('r')] ?? 0
    const dropped = trace?.number[trace.verdict.indexOf('d')] ?? 0
    expect(trace).packet(1).to.be.forwarded.by('fw-a')
    const end = trace?.direction[trace.verdict.indexOf('r')] === '>' ? 'client' : 'server'
    expect(trace).packet(rejected).to.be.rejected.towards(end)
    expect(trace).packet(dropped).to.be.dropped.by('fw-b')
  })

  it("leaves chai's own words for a change as they are", () => {
    const basket = { pears: 1 }
    const add = () => basket.pears++
    expect(add).to.increase(basket, 'pears').by(1)
    expect(() => expect(add).to.increase(basket, 'pears').by(2)).to.throw('to increase by 2')
  })

  it('fails with a sentence', () => {
    expect(() => expect(trace).packet(1).to.be.dropped).to.throw(
      'expected packet 1 to be dropped, and its verdict is forward',
    )
    expect(() => expect(trace).packet(9999)).to.throw('packet 9999 was offered')
    expect(() => expect(trace).packet(1).by('fw-b')).to.throw('decided by fw-b, and it was by fw-a')
    expect(() => expect(trace).packet(1).towards('client')).to.throw('told was nobody')
    expect(trace).packet(1).not.to.be.rejected
  })
})
