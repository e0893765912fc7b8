import { expect } from 'chai'
import { fixtureRun } from '../report/fixtures/run.ts'
import { Shared } from './shared.ts'

describe('log/shared', () => {
  it('keeps one of values that are equal', () => {
    const shared = new Shared()
    const events = fixtureRun()
    expect(events.map((event) => shared.value(event))).to.deep.equal(events)
    for (const event of events) expect(shared.value(structuredClone(event))).to.equal(shared.value(event))
  })

  it('tells what has another JSON apart, the order of keys included', () => {
    const shared = new Shared()
    const values: object[] = [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
      { a: 1, b: 2.5 },
      { a: '1', b: 2 },
      { a: [1], b: 2 },
    ]
    values.push(
      { a: { 0: 1 }, b: 2 },
      { a: 1 },
      { a: 1, b: null },
      { a: true, b: 2 },
      [1, 2],
      [1, [2]],
      ['1', 2],
    )
    for (const value of values) expect(shared.value(value)).to.equal(value)
    for (const value of values) expect(shared.value(structuredClone(value))).to.equal(value)
  })

  it('forgets what it kept where there is too much of it', () => {
    const shared = new Shared(200)
    const value = (number: number) => ({ number, list: ['a', { b: null }, number / 2] })
    const first = shared.value(value(1))
    for (let number = 2; number < 40; number++) shared.value(value(number))
    const again = value(1)
    expect(shared.value(again)).to.equal(again).and.not.to.equal(first)
    expect(shared.value(value(1))).to.equal(again)
  })

  it('does not keep what is large', () => {
    const shared = new Shared(200)
    const large = () => Array.from({ length: 50 }, (_, at) => at)
    const first = shared.value(large())
    expect(shared.value(large())).not.to.equal(first)
  })
})
