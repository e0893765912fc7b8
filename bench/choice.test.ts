import { expect } from 'chai'
import { chosen } from './choice.ts'

const KNOWN = ['replay', 'rules', 'start']

describe('bench/choice', () => {
  it('takes all benchmarks, or those that are named, in their own order', () => {
    expect(chosen([], KNOWN)).to.deep.equal(KNOWN)
    expect(chosen(['start', 'replay'], KNOWN)).to.deep.equal(['replay', 'start'])
  })

  it('refuses a name that none has', () => {
    expect(() => chosen(['start', 'relpay'], KNOWN)).to.throw(
      'There is no benchmark relpay: choose from replay, rules, start. Did you mean "replay"?',
    )
  })
})
