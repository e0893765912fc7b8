import { expect } from 'chai'
import fc from 'fast-check'
import { TraceBuilder } from '../report/fixtures/trace.ts'
import { giveBack, Letters, numbersFor, putNumbers, timesFor } from './trace-columns.ts'

const ALPHABET = Buffer.from('abcd')
const codes = fc.uint8Array({ max: 3, maxLength: 40 })

describe('run/trace-columns', () => {
  it('holds what was put, whatever was expected', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.array(codes, { maxLength: 6 }), fc.nat(5), (expected, all, from) => {
        const numbers = numbersFor(expected)
        const letters = new Letters(ALPHABET, expected)
        let count = 0
        for (const each of all) {
          const first = Math.min(from, each.length)
          putNumbers(numbers, count, each, first, each.length)
          letters.add(each, first, each.length)
          count += each.length - first
        }
        const put = all.flatMap((each) => Array.from(each.subarray(from)))
        expect(numbers.slice(0, count)).to.deep.equal(put)
        expect(letters.toString()).to.equal(put.map((code) => 'abcd'[code]).join(''))
        for (let code = 0; code < 4; code++)
          expect(letters.count(code)).to.equal(put.filter((each) => each === code).length)
      }),
    )
  })

  it('is apart from the columns of other cases', () => {
    const [one, other] = [numbersFor(3), numbersFor(3)]
    putNumbers(other, 0, Int32Array.of(4, 5, 6), 0, 3)
    putNumbers(one, 0, Int32Array.of(7, 8, 9), 0, 3)
    expect([one.slice(0, 3), other.slice(0, 3)]).to.deep.equal([
      [7, 8, 9],
      [4, 5, 6],
    ])
  })

  it('uses columns again that were given back, each once, and times only for times', () => {
    // Whatever other tests gave back.
    for (let n = 0; n < 64; n++) [numbersFor(1), timesFor(1)]
    const trace = new TraceBuilder().opening().build()
    giveBack(trace)
    const { number, flow, kind, flags, payload, phase, host, by, reason } = trace
    const given = new Set([number, flow, kind, flags, payload, phase, host, by, reason])
    const taken = Array.from({ length: given.size }, () => numbersFor(1))
    expect(new Set(taken)).to.deep.equal(given)
    for (const column of taken) expect(given.has(column)).to.equal(true)
    expect(timesFor(1)).to.equal(trace.time)
    expect(
      [numbersFor(1), timesFor(1)].some((column) => given.has(column) || column === trace.time),
    ).to.equal(false)
  })

  it('takes more packets than there is room for at once', () => {
    const letters = new Letters(ALPHABET, 10_000)
    const numbers = numbersFor(10_000)
    const many = new Uint8Array(9000).map((_, i) => i % 4)
    letters.add(many, 0, many.length)
    putNumbers(numbers, 0, many, 0, many.length)
    letters.set(8999, 0)
    expect(letters.toString()).to.equal(`${'abcd'.repeat(2249)}abca`)
    expect(numbers).to.deep.equal(Array.from(many))
  })
})
